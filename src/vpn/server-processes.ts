import type { Logger } from 'pino';
import type { LoginMemory } from '../access/auth/login-memory.ts';
import type { Session } from '../core/openvpn/sessions.ts';
import type { Presence } from '../core/recall/campaign.ts';
import type { ServerProcess } from '../core/vpn/processes.ts';
import { managementSocket } from '../settings/paths.ts';
import type { Store } from '../store/store.ts';
import { VpnClients } from './clients.ts';

/** A session and the name of the server process that it is with. */
export interface ServedSession extends Session {
  readonly process: string;
}

/** What whoever brings clients back must hear at once. */
export type ClientNews =
  | { readonly type: 'established'; readonly process: string; readonly client: Presence }
  /** The OpenVPN process is gone or does not answer; `lastSessions` is who was in. */
  | { readonly type: 'down'; readonly process: string };

interface Parts {
  readonly store: Store;
  readonly log: Logger;
  readonly now: () => number;
  readonly memory: LoginMemory;
  readonly beforeEntry: (commonName: string) => void | Promise<void>;
  /** A process answers nobody any more. */
  readonly onHung: (process: string) => void;
  /** Somebody came, went or moved. */
  readonly onSessions: () => void;
}

/** The clients of all OpenVPN processes of this node. */
export class ServerProcesses {
  readonly #parts: Parts;
  readonly #running = new Map<string, VpnClients>();
  readonly #asked = new Set<string>();
  readonly #listeners = new Set<(news: ClientNews) => void>();
  #merged: {
    readonly of: readonly ReadonlyMap<number, Session>[];
    readonly all: ReadonlyMap<string, ServedSession>;
  } = { of: [], all: new Map() };

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Stands beside these processes and no others from now on; returns the names of those that are no more. */
  follow(processes: readonly ServerProcess[]): string[] {
    const wanted = new Set(processes.map((process) => process.name));
    for (const { name, generic } of processes) if (!this.#running.has(name)) this.#stand(name, generic);
    const gone = [...this.#running.keys()].filter((name) => !wanted.has(name));
    for (const name of gone) {
      this.#running.get(name)?.stop();
      this.#running.delete(name);
    }
    return gone;
  }

  stop(): void {
    for (const clients of this.#running.values()) clients.stop();
  }

  onNews(listener: (news: ClientNews) => void): void {
    this.#listeners.add(listener);
  }

  /** Who is in, of the processes that answer. */
  get sessions(): readonly ServedSession[] {
    return [...this.#running].flatMap(([process, clients]) =>
      clients.sessions.map((session) => ({ ...session, process })),
    );
  }

  /** Who is in; as of the last contact where a process does not answer. The same object until something changed. */
  get lastSessions(): ReadonlyMap<string, ServedSession> {
    const of = [...this.#running.values()].map((clients) => clients.lastSessions);
    const same =
      of.length === this.#merged.of.length && of.every((table, index) => table === this.#merged.of[index]);
    if (same) return this.#merged.all;
    const entries = [...this.#running].flatMap(([process, clients]) =>
      [...clients.lastSessions].map(
        ([cid, session]) => [`${process}-${cid}`, { ...session, process }] as const,
      ),
    );
    this.#merged = { of, all: new Map(entries) };
    return this.#merged.all;
  }

  /**
   * Everyone for whom a process has an instance now, also those in their handshake. Rejects when none of the processes `awaited`
   * answers: what another one says is no news of theirs.
   */
  async instances(awaited: ReadonlySet<string>): Promise<Presence[]> {
    const asked = [...this.#running];
    const answers = await Promise.allSettled(asked.map(([, clients]) => clients.instances()));
    const ofAwaited = answers.filter((_, index) => awaited.has(asked[index]?.[0] ?? ''));
    const silent = ofAwaited.find((answer) => answer.status === 'rejected');
    if (silent !== undefined && ofAwaited.every(({ status }) => status === 'rejected')) throw silent.reason;
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  }

  /** Rejects when one of them does not answer. */
  async ask(): Promise<void> {
    const asked = [...this.#running].map(async ([name, clients]) => {
      this.#asked.add(name);
      await clients.ask();
      this.#asked.delete(name);
    });
    await Promise.all(asked);
  }

  /** The names of those that were asked and have not answered. */
  get silent(): string[] {
    return [...this.#asked].filter((name) => this.#running.has(name));
  }

  /** The clients of one process alone, whether it runs now or later. */
  of(
    process: string,
  ): Pick<VpnClients, 'lastSessions' | 'instances' | 'tellToReconnect'> & Pick<this, 'onNews'> {
    const clients = (): VpnClients | undefined => this.#running.get(process);
    return {
      get lastSessions() {
        return clients()?.lastSessions ?? new Map<number, Session>();
      },
      instances: async () => clients()?.instances() ?? [],
      onNews: (listener) =>
        this.onNews((news) => {
          if (news.process === process) listener(news);
        }),
      tellToReconnect: async (which) => clients()?.tellToReconnect(which) ?? 0,
    };
  }

  /** Undefined while the process does not answer. */
  pidOf(process: string): number | undefined {
    return this.#running.get(process)?.pid;
  }

  versionOf(process: string): string | undefined {
    return this.#running.get(process)?.version;
  }

  clientsOf(process: string): number {
    return this.#running.get(process)?.sessions.length ?? 0;
  }

  /** How many logins with a password were decided here; a returning client with its token is not among them. */
  get logins(): number {
    return [...this.#running.values()].reduce((sum, clients) => sum + clients.logins, 0);
  }

  /** Tells clients to reconnect with the token they have (`RESTART,[P]`); answers how many were told. */
  async tellToReconnect(which: (session: ServedSession) => boolean): Promise<number> {
    return this.#sum((process, clients) =>
      clients.tellToReconnect((session) => which({ ...session, process })),
    );
  }

  /** Ends sessions for a reason that the client is told; answers how many there were. */
  disconnect(which: (session: ServedSession) => boolean, reason: string): Promise<number> {
    return this.#sum((process, clients) =>
      clients.disconnect((session) => which({ ...session, process }), reason),
    );
  }

  /** Ends the sessions of whoever may no longer be in; they are refused when they come again. */
  async endForbidden(): Promise<void> {
    for (const clients of this.#running.values()) await clients.endForbidden();
  }

  async #sum(ask: (process: string, clients: VpnClients) => Promise<number>): Promise<number> {
    const counts = await Promise.all([...this.#running].map(([process, clients]) => ask(process, clients)));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  #stand(process: string, generic: boolean): void {
    const { store, log, now, memory, beforeEntry, onHung, onSessions } = this.#parts;
    const clients = new VpnClients({
      store,
      log: log.child({ openvpn: process }),
      managementSocket: managementSocket(process),
      now,
      memory,
      beforeEntry,
      generic,
      onHung: () => onHung(process),
      onSessions,
    });
    clients.onNews((news) => {
      if (news.type === 'established') void this.#endElsewhere(process, news.client.commonName);
      const told: ClientNews =
        news.type === 'down'
          ? { type: 'down', process }
          : { type: 'established', process, client: news.client };
      for (const listener of this.#listeners) listener(told);
    });
    this.#running.set(process, clients);
    clients.start();
  }

  /** A client that came to another process has left this one, though this one may not know yet: it has one address. */
  async #endElsewhere(process: string, commonName: string | undefined): Promise<void> {
    for (const [name, clients] of this.#running) {
      if (name !== process && commonName !== undefined)
        await clients.disconnect((session) => session.commonName === commonName, 'connected elsewhere');
    }
  }
}
