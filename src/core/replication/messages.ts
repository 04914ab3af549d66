import type { SessionNotice } from '../recall/session-fact.ts';
import type { JournalEntry } from './entry.ts';
import type { Greeting } from './greeting.ts';
import type { Head, Position } from './position.ts';
import type { Survey, Verdict } from './verdict.ts';

/** A whole copy of the active's data, announced before its bytes. */
export interface SnapshotOffer {
  /** Length of the file. */
  readonly bytes: number;
  /** The head of the journal inside the file. */
  readonly head: Head;
  readonly reason: 'new' | 'trimmed' | 'asked' | 'diverged';
}

/** The standby put entries of its own aside before it took the copy. */
export interface QuarantineNotice {
  readonly id: string;
  /** Entries that changed data. */
  readonly lost: number;
}

/** What one side refuses or could not do, in words for the other side's status. */
export interface Complaint {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** The standby's answer to a wish to compare: what it found at that position, or why it could not look. */
export type SurveyAnswer = { readonly survey: Survey } | { readonly failed: string };

/** What the active asks of the standby beside the data: a step of something that both nodes do. `ask` names it. */
export interface Question {
  readonly id: number;
  readonly ask: string;
  readonly body: unknown;
}

/** The standby's answer to the question of the same id, or why it refuses. */
export type Reply =
  | { readonly id: number; readonly body: unknown }
  | { readonly id: number; readonly refused: Complaint };

/** Everything that travels on the link. docs/formats/replication.md */
export type Message =
  | { readonly kind: 'greeting'; readonly greeting: Greeting }
  | { readonly kind: 'complaint'; readonly complaint: Complaint }
  | { readonly kind: 'tail'; readonly after: number }
  | { readonly kind: 'snapshot-begin'; readonly offer: SnapshotOffer }
  | { readonly kind: 'snapshot-chunk'; readonly bytes: Uint8Array }
  | { readonly kind: 'snapshot-end'; readonly sha256: string }
  | { readonly kind: 'entry'; readonly entry: JournalEntry }
  | { readonly kind: 'acknowledgement'; readonly position: Position }
  | { readonly kind: 'quarantined'; readonly notice: QuarantineNotice }
  /** Who is connected. Not part of the history: never stored, never acknowledged. */
  | { readonly kind: 'sessions'; readonly notice: SessionNotice }
  /** Look at your copy as it is now, at `head`: sent right behind that entry. */
  | { readonly kind: 'verify'; readonly head: Head }
  | { readonly kind: 'verified'; readonly answer: SurveyAnswer }
  | { readonly kind: 'verdict'; readonly head: Head; readonly verdict: Verdict }
  | { readonly kind: 'question'; readonly question: Question }
  | { readonly kind: 'reply'; readonly reply: Reply }
  | { readonly kind: 'ping' }
  | { readonly kind: 'pong' };
