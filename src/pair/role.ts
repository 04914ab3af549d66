import type { Logger } from 'pino';
import type { Position } from '../core/replication/position.ts';
import type { Store } from '../store/store.ts';

export type Role = 'active' | 'standby';

/** Where this node began to serve, and the last epoch that it knew of before. */
interface Promotion extends Position {
  readonly epochBefore: number;
}

/** What changes with the role; each resolves when it is done. */
export interface RoleDuties {
  /** Stops taking entries from the other node; when it has resolved nothing more is applied. */
  readonly closeReceiver: () => Promise<void>;
  readonly openReceiver: () => Promise<void>;
  readonly startSender: () => void;
  readonly stopSender: () => void;
  /** After the node began to serve, or stopped: OpenVPN, files, what may be late. */
  readonly follow: (role: Role) => void;
  /** Resolves when no client is called back any more, or after so long. */
  readonly crowdBack: (boundMs: number) => Promise<void>;
}

/** A new epoch is synced to the disk, and meanwhile this process does nothing else. */
const epochWaitsMs = 300;
/** Whatever else can be late, and would take the processor from clients that come back. */
const restWaitsMs = 1_000;

const retryMs = 1_000;

/**
 * The node's role, which the heartbeat decides and this carries out in order (DESIGN, life of a takeover, step 3): close
 * the receiving side, open a new epoch durably, accept writes; clients that come back go before. One change at a time; of several that were asked for
 * meanwhile only the last counts.
 */
export class RoleKeeper {
  readonly #store: Store;
  readonly #duties: RoleDuties;
  readonly #nodeName: string;
  readonly #log: Logger;
  #role: Role = 'standby';
  #since = new Date();
  #wanted: { readonly role: Role; readonly cause: string } | undefined;
  #changing: Promise<void> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #trouble: string | undefined;
  #promotion: Promotion | undefined;

  constructor(parts: { store: Store; duties: RoleDuties; nodeName: string; log: Logger }) {
    this.#store = parts.store;
    this.#duties = parts.duties;
    this.#nodeName = parts.nodeName;
    this.#log = parts.log;
    this.#store.readOnly = true;
  }

  get role(): Role {
    return this.#role;
  }

  get since(): Date {
    return this.#since;
  }

  /** Why the node could not take its role yet, in words. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** How this node became active; undefined while it is not. */
  get promotion(): Promotion | undefined {
    return this.#role === 'active' ? this.#promotion : undefined;
  }

  get epoch(): number {
    return this.#store.position.epoch;
  }

  /** Asks for a role; resolves when the node has settled in the last one asked for. */
  become(role: Role, cause: string): Promise<void> {
    this.#wanted = { role, cause };
    this.#changing ??= this.#settle().finally(() => {
      this.#changing = undefined;
    });
    return this.#changing;
  }

  /** While active: opens an epoch later than one that the other node holds entries of, so that it listens to this one. */
  surpass(peerEpoch: number): void {
    if (this.#role !== 'active' || this.#store.position.epoch > peerEpoch) return;
    this.#store.openEpoch({ name: this.#nodeName, via: 'takeover' }, peerEpoch);
    this.#log.warn(
      { peerEpoch, epoch: this.epoch },
      'the other node had a later epoch; what it alone has goes to its quarantine',
    );
  }

  stop(): void {
    clearTimeout(this.#retry);
  }

  async #settle(): Promise<void> {
    while (this.#wanted !== undefined) {
      const { role, cause } = this.#wanted;
      this.#wanted = undefined;
      if (role === this.#role && this.#trouble === undefined) continue;
      try {
        await (role === 'active' ? this.#promote(cause) : this.#demote(cause));
        this.#trouble = undefined;
      } catch (error) {
        this.#trouble = `cannot become ${role}: ${error instanceof Error ? error.message : String(error)}`;
        this.#log.error({ err: error }, this.#trouble);
        clearTimeout(this.#retry);
        this.#retry = setTimeout(() => void this.become(role, cause), retryMs);
      }
    }
  }

  async #promote(cause: string): Promise<void> {
    const startedAt = performance.now();
    await this.#duties.closeReceiver();
    await this.#duties.crowdBack(epochWaitsMs);
    const epochBefore = this.epoch;
    const opened = this.#openEpoch();
    this.#promotion = { ...opened, epochBefore };
    this.#enter('active');
    const { since } = this;
    void this.#duties.crowdBack(restWaitsMs).then(() => {
      if (since !== this.since) return;
      this.#duties.startSender();
      this.#duties.follow('active');
    });
    this.#log.info(
      { cause, epoch: opened.epoch, tookMs: Math.round(performance.now() - startedAt) },
      'active',
    );
  }

  #openEpoch(): Position {
    this.#store.readOnly = false;
    try {
      return this.#store.openEpoch({ name: this.#nodeName, via: 'takeover' }).position;
    } catch (error) {
      this.#store.readOnly = true;
      throw error;
    }
  }

  async #demote(cause: string): Promise<void> {
    this.#store.readOnly = true;
    this.#enter('standby');
    this.#duties.stopSender();
    await this.#duties.openReceiver();
    this.#duties.follow('standby');
    this.#log.info({ cause }, 'standby');
  }

  #enter(role: Role): void {
    this.#role = role;
    this.#since = new Date();
  }
}
