/**
 * Where a journal stands. The sequence counts committed changes and goes on over epochs; the epoch counts
 * promotions. A position alone does not identify a history (two nodes may both have written 3.17 after a split):
 * the hash of the entry does, see `Head`.
 */
export interface Position {
  /** 0 before the first promotion. */
  readonly epoch: number;
  /** 0 when nothing was ever written. */
  readonly sequence: number;
}

/** The newest entry of a journal. The hash covers every entry before it. */
export interface Head {
  readonly position: Position;
  /** 64 lower-case hexadecimal digits. */
  readonly hash: string;
}

/** What the first entry is chained to: 32 zero bytes. */
export const genesisHash: string = '0'.repeat(64);

export const genesis: Head = Object.freeze({
  position: Object.freeze({ epoch: 0, sequence: 0 }),
  hash: genesisHash,
});

/** Negative when `a` is before `b`. A later epoch is after everything of an earlier one. */
export function comparePositions(a: Position, b: Position): number {
  return a.epoch - b.epoch || a.sequence - b.sequence;
}

/** True when everything up to `wanted` is covered once `reached` is. */
export function covers(reached: Position, wanted: Position): boolean {
  return comparePositions(reached, wanted) >= 0;
}

/** `3.17`: epoch 3, sequence 17. */
export function formatPosition(position: Position): string {
  return `${position.epoch}.${position.sequence}`;
}

/** Undefined unless the text is exactly what `formatPosition` writes. */
export function parsePosition(text: string): Position | undefined {
  const match = /^(0|[1-9][0-9]{0,15})\.(0|[1-9][0-9]{0,15})$/.exec(text);
  if (match === null) return undefined;
  const epoch = Number(match[1]);
  const sequence = Number(match[2]);
  return Number.isSafeInteger(epoch) && Number.isSafeInteger(sequence) ? { epoch, sequence } : undefined;
}
