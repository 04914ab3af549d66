/**
 * What wakes a TCP client up whose server is on another machine now. Its kernel answers an acknowledgement that fits
 * nothing with where it really is; that answer meets a kernel without such a connection, whose reset fits and ends it.
 * So the client starts over at once, instead of when it next has something to say.
 *
 * Four of them, because a router that follows connections takes a number that lies behind for a late packet and one that
 * lies ahead for a wrong one: whatever the real numbers are, one of the four lies behind them with both of its own.
 */
export const tickleNumbers: readonly { readonly sequence: number; readonly acknowledged: number }[] = [
  { sequence: 0, acknowledged: 0 },
  { sequence: 0x8000_0000, acknowledged: 0x8000_0000 },
  { sequence: 0, acknowledged: 0x8000_0000 },
  { sequence: 0x8000_0000, acknowledged: 0 },
];

/** When it is sent again to whoever has not come yet, in milliseconds after the first. */
export const tickleAgainMs: readonly number[] = [200, 1_000];
