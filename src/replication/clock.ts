/** Time as the link needs it; tests bring their own. */
export interface Clock {
  /** Monotonic, milliseconds: for deadlines. */
  now(): number;
  /** Wall clock, milliseconds since 1970: to show. */
  wall(): number;
  /** Calls once after `ms`; the returned function cancels it. */
  after(ms: number, call: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};
