import type { Copying } from '../../core/replication/book.ts';
import type { QuarantineNotice } from '../../core/replication/messages.ts';
import type { Head, Position } from '../../core/replication/position.ts';

/** What the active has observed of its standby's copy (I10). Times are wall clock, milliseconds since 1970. */
export interface SenderStatus {
  /** `waiting`: until the next attempt. `greeting`, `snapshot`, `tail`: connected. */
  readonly state: 'stopped' | 'waiting' | 'connecting' | 'greeting' | 'snapshot' | 'tail';
  readonly connected: boolean;
  /** As it last introduced itself. */
  readonly peer:
    | { readonly nodeId: string; readonly nodeName: string; readonly product: string; readonly head: Head }
    | undefined;
  /** Applied and synced there, as far as it was ever said. */
  readonly acknowledged: Position | undefined;
  readonly lagEntries: number;
  /** Age of the oldest change that the standby has not acknowledged; 0 when there is none. */
  readonly lagMs: number;
  /** Everything that was acknowledged here is on the standby's disk too. */
  readonly protected: boolean;
  readonly protectedSince: number | undefined;
  /** Change data in the journal that was not sent yet, and what waits in the link. */
  readonly unsentBytes: number;
  /** How much of a whole copy went out; undefined unless one is under way. */
  readonly copying: Copying | undefined;
  readonly sentence: string;
  readonly lastError:
    | { readonly code: string; readonly message: string; readonly hint: string; readonly at: number }
    | undefined;
  /** What the standby last put aside before it took a copy. */
  readonly lastQuarantine: QuarantineNotice | undefined;
}
