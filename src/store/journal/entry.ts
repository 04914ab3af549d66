import { createHash } from 'node:crypto';
import type { JournalEntry } from '../../core/replication/entry.ts';
import type { Position } from '../../core/replication/position.ts';
import { type Actor, actorText } from '../actor.ts';

/** Larger changes are refused when written, so that every entry fits into one frame of the link. */
export const maximumChangesetLength: number = 12 * 1024 * 1024;

/**
 * SHA-256(previous hash ‖ u64 epoch ‖ u64 sequence ‖ u64 time ‖ u32 length of actor ‖ actor ‖ u32 length of changeset ‖ changeset),
 * big endian. docs/formats/journal.md
 */
export function hashEntry(entry: Omit<JournalEntry, 'hash'>): string {
  const actor = Buffer.from(entry.actor, 'utf8');
  const fixed = Buffer.alloc(28);
  fixed.writeBigUInt64BE(BigInt(entry.position.epoch), 0);
  fixed.writeBigUInt64BE(BigInt(entry.position.sequence), 8);
  fixed.writeBigUInt64BE(BigInt(entry.timeMs), 16);
  fixed.writeUInt32BE(actor.length, 24);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(entry.changeset.length);
  return createHash('sha256')
    .update(Buffer.from(entry.previousHash, 'hex'))
    .update(fixed)
    .update(actor)
    .update(length)
    .update(entry.changeset)
    .digest('hex');
}

/** The entry after `previous`. */
export function chainEntry(
  previous: { readonly position: Position; readonly hash: string },
  next: {
    readonly epoch: number;
    readonly actor: Actor;
    readonly timeMs: number;
    readonly changeset: Uint8Array;
  },
): JournalEntry {
  const body = {
    position: { epoch: next.epoch, sequence: previous.position.sequence + 1 },
    previousHash: previous.hash,
    actor: actorText(next.actor),
    timeMs: Math.max(0, Math.trunc(next.timeMs)),
    changeset: next.changeset,
  };
  return { ...body, hash: hashEntry(body) };
}
