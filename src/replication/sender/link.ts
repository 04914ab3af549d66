import type { Duplex } from 'node:stream';
import type { TandemError } from '../../core/errors.ts';

/** A way to the standby's receiver, for example an SSH channel. */
export interface Link {
  readonly stream: Duplex;
  /** After the stream ended: what the other end said about it, if anything. */
  reason(): TandemError | undefined;
  /** Frees everything at once. */
  close(): void;
}

/** Makes a new link. Rejects with a `TandemError`; bounded in time. */
export type Connect = () => Promise<Link>;
