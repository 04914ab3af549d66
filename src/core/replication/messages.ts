import type { JournalEntry } from './entry.ts';
import type { Greeting } from './greeting.ts';
import type { Head, Position } from './position.ts';

/** A whole copy of the active's data, announced before its bytes. */
export interface SnapshotOffer {
  /** Length of the file. */
  readonly bytes: number;
  /** The head of the journal inside the file. */
  readonly head: Head;
  readonly reason: 'new' | 'trimmed' | 'asked' | 'diverged';
  /** When diverged: the last sequence both share; what the standby has beyond it goes to quarantine. */
  readonly commonSequence: number;
}

/** What one side refuses or could not do, in words for the other side's status. */
export interface Complaint {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** Everything that travels on the link. docs/formats/replication.md */
export type Message =
  | { readonly kind: 'greeting'; readonly greeting: Greeting }
  | { readonly kind: 'complaint'; readonly complaint: Complaint }
  | { readonly kind: 'probe'; readonly sequence: number }
  | { readonly kind: 'probe-answer'; readonly sequence: number; readonly hash: string | null }
  | { readonly kind: 'tail'; readonly after: number }
  | { readonly kind: 'snapshot-begin'; readonly offer: SnapshotOffer }
  | { readonly kind: 'snapshot-chunk'; readonly bytes: Uint8Array }
  | { readonly kind: 'snapshot-end'; readonly sha256: string }
  | { readonly kind: 'entry'; readonly entry: JournalEntry }
  | { readonly kind: 'acknowledgement'; readonly position: Position }
  | { readonly kind: 'ping' }
  | { readonly kind: 'pong' };
