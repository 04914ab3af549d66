import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Greeting } from '../../core/replication/greeting.ts';
import { shouldYield } from '../../core/replication/yielding.ts';
import { readChangeset } from '../../store/journal/changeset.ts';
import type { Store } from '../../store/store.ts';
import type { HeartbeatClient } from '../heartbeat-client.ts';
import { isFactOfLogins } from '../protection.ts';
import type { RoleKeeper } from '../role.ts';
import type { Writer } from '../writer.ts';

const successorTimeoutMs = 1_000;
/** The other node may have just been switched on: its OpenVPN has to be up before it takes the role. */
const beforeTryMs = 4_000;
const mostTries = 5;
const mostLookedAt = 1_000;

export interface YieldingParts {
  readonly store: Store;
  readonly role: RoleKeeper;
  readonly writer: Writer;
  readonly heartbeat: Pick<HeartbeatClient, 'resign'>;
  /** Whether this node's copy was known to have every change when it became active this time. */
  readonly wasInSync: () => boolean;
  readonly log: Logger;
}

/** Both nodes were off, and the one with the older copy came up first: it hands the role to the newer copy. */
export class Yielding {
  readonly #parts: YieldingParts;
  #tries = 0;
  #epoch = 0;
  #running = false;

  constructor(parts: YieldingParts) {
    this.#parts = parts;
  }

  /** Asked when the standby presents itself: true where nothing may be sent to it, because it is to serve. */
  isDue({ nodeName, head }: Greeting): boolean {
    const { store, role, wasInSync, log } = this.#parts;
    const { promotion } = role;
    if (promotion === undefined) return false;
    if (this.#epoch !== promotion.epoch) this.#tries = 0;
    this.#epoch = promotion.epoch;
    const standings = {
      wasInSync: wasInSync(),
      epochBefore: promotion.epochBefore,
      peerEpoch: head.position.epoch,
      isKnown: store.hashAt(head.position.sequence) === head.hash,
      hasWritten: this.#hasWritten(promotion.sequence),
    };
    if (!shouldYield(standings) || this.#tries >= mostTries) return false;
    if (!this.#running) {
      log.warn({ peer: nodeName, head: head.position }, 'the other node holds a newer copy: it is to serve');
      this.#running = true;
      void this.#hand()
        .catch((error: unknown) =>
          log.error({ err: error }, 'the role could not be handed to the newer copy'),
        )
        .finally(() => {
          this.#running = false;
        });
    }
    return true;
  }

  async #hand(): Promise<void> {
    const { role, writer, heartbeat, log } = this.#parts;
    this.#tries += 1;
    await sleep(beforeTryMs);
    const { promotion } = role;
    writer.hold();
    try {
      if (promotion === undefined || this.#hasWritten(promotion.sequence)) return;
      const { ok, error } = await heartbeat.resign(successorTimeoutMs);
      if (ok) await role.become('standby', 'the other node holds a newer copy');
      else log.warn({ reason: error?.message }, 'the node with the newer copy does not claim yet');
    } finally {
      writer.release();
    }
  }

  /** Somebody decided something since this entry; a new epoch and what logins leave behind is no decision. */
  #hasWritten(sequence: number): boolean {
    const entries = this.#parts.store.entriesAfter(sequence, mostLookedAt);
    const decided = ({ changeset }: { readonly changeset: Uint8Array }): boolean =>
      readChangeset(changeset).some(({ table }) => !isFactOfLogins(table));
    return entries.length === mostLookedAt || entries.some(decided);
  }
}
