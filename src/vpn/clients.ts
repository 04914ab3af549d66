import type { Logger } from 'pino';
import type { LoginMemory } from '../access/auth/login-memory.ts';
import { type DoorEvent, Doorkeeper } from '../access/openvpn/doorkeeper.ts';
import { findStandingUser } from '../accounts/standing.ts';
import { genericCommonName, isLoginName } from '../core/openvpn/common-name.ts';
import type { Session } from '../core/openvpn/sessions.ts';
import type { Presence } from '../core/recall/campaign.ts';
import { readVpnSettings } from '../settings/read.ts';
import type { Store } from '../store/store.ts';
import { loginAccount, wasRevoked } from './standing.ts';

/** What happened to the clients of one process. */
type ProcessNews =
  | { readonly type: 'established'; readonly client: Presence }
  /** OpenVPN is gone or does not answer; `lastSessions` is who was in. */
  | { readonly type: 'down' };

/** Whom OpenVPN has an instance for, with its own count of what it received from there. */
export interface Instance extends Presence {
  readonly cid: number;
  readonly bytesReceived: number;
  /** Unix time. */
  readonly sinceSeconds: number;
}

/** The clients of one OpenVPN process, judged by what the store says of users and certificates. */
export class VpnClients {
  readonly #store: Store;
  readonly #log: Logger;
  readonly #door: Doorkeeper;
  readonly #listeners = new Set<(news: ProcessNews) => void>();
  readonly #onHung: () => void;
  readonly #onSessions: () => void;
  #pid: number | undefined;
  #version: string | undefined;
  #logins = 0;

  /** @param parts.memory is shared by all processes, so that wrong passwords count together */
  constructor(parts: {
    store: Store;
    managementSocket: string;
    log: Logger;
    now: () => number;
    memory: LoginMemory;
    beforeEntry: (commonName: string) => void | Promise<void>;
    generic: boolean;
    onHung: () => void;
    onSessions: () => void;
  }) {
    this.#store = parts.store;
    this.#log = parts.log;
    this.#onHung = parts.onHung;
    this.#onSessions = parts.onSessions;
    this.#door = new Doorkeeper({
      socketPath: parts.managementSocket,
      findAccount: (username) =>
        loginAccount(
          findStandingUser(this.#store, username),
          parts.now(),
          readVpnSettings(this.#store).token.renewal,
        ),
      isAutoLogin: (commonName) =>
        this.#store.certificates
          .withCommonName(commonName)
          .some((one) => one.revokedAt === undefined && one.kind === 'auto-login'),
      memory: parts.memory,
      beforeEntry: parts.beforeEntry,
      generic: parts.generic,
      onEvent: (event) => this.#happened(event),
    });
  }

  start(): void {
    this.#door.start();
  }

  stop(): void {
    this.#door.close();
  }

  get sessions(): readonly Session[] {
    return this.#door.management.isUp ? [...this.#door.sessions.values()] : [];
  }

  /** Who is in; as of the last contact while OpenVPN does not answer. The same object until something changed. */
  get lastSessions(): ReadonlyMap<number, Session> {
    return this.#door.sessions;
  }

  /** Everyone for whom OpenVPN has an instance now, also those in their handshake. Rejects when it does not answer. */
  async instances(): Promise<Instance[]> {
    const clients = await this.#door.management.status3();
    return clients.map(({ realAddress, realPort, commonName, cid, bytesReceived, sinceSeconds }) => ({
      ...{ cid, bytesReceived, sinceSeconds },
      address: realAddress,
      port: realPort,
      // How the status names a client that has not shown its certificate yet.
      commonName: commonName === 'UNDEF' ? undefined : commonName,
    }));
  }

  /** Rejects when OpenVPN does not answer. */
  async ask(): Promise<void> {
    await this.#door.management.pid();
  }

  onNews(listener: (news: ProcessNews) => void): void {
    this.#listeners.add(listener);
  }

  /** Undefined while OpenVPN does not answer. */
  get pid(): number | undefined {
    return this.#door.management.isUp ? this.#pid : undefined;
  }

  /** Of OpenVPN, such as `2.6.14`; undefined before it said so. */
  get version(): string | undefined {
    return this.#version;
  }

  /** How many logins with a password were decided here; a returning client with its token is not among them. */
  get logins(): number {
    return this.#logins;
  }

  /** Tells clients to reconnect with the token they have (`RESTART,[P]`); answers how many were told. */
  tellToReconnect(which: (session: Session) => boolean): Promise<number> {
    return this.#door.sendAway(which, 'RESTART,[P]');
  }

  /** Ends sessions for a reason that the client is told; answers how many there were. */
  disconnect(which: (session: Session) => boolean, reason: string): Promise<number> {
    return this.#door.sendAway(which, `HALT,${reason}`);
  }

  /** Ends the sessions of whoever may no longer be in; they are refused when they come again. */
  async endForbidden(): Promise<void> {
    this.#door.reviewSessions();
    await this.#door.sendAway((session) => this.#isRevoked(session), 'HALT,this profile is revoked');
  }

  #isRevoked(session: Session): boolean {
    const { commonName, sinceSeconds } = session;
    const shown = isLoginName(commonName) ? genericCommonName : commonName;
    return wasRevoked(this.#store.certificates.withCommonName(shown), sinceSeconds);
  }

  #happened(event: DoorEvent): void {
    switch (event.type) {
      case 'up':
        void this.#learnPid();
        return;
      case 'sessions':
        this.#onSessions();
        return;
      case 'down':
        this.#pid = undefined;
        this.#tell({ type: 'down' });
        if (event.silent) this.#onHung();
        this.#log.warn({ cause: event.cause }, 'OpenVPN does not answer on its management socket');
        return;
      case 'login': {
        this.#logins += 1;
        const { commonName, username, accept } = event.decision;
        const refusal = event.decision.accept ? undefined : event.decision.refusal;
        this.#log.info({ commonName, username, refusal }, accept ? 'login accepted' : 'login refused');
        return;
      }
      case 'established': {
        const { realAddress, realPort, commonName } = event.session;
        this.#tell({
          type: 'established',
          client: { address: realAddress, port: realPort, commonName },
        });
        this.#log.info(
          { commonName: event.session.commonName, vpnAddress: event.session.vpnAddress },
          'connected',
        );
        return;
      }
      case 'sent-away':
        this.#log.warn({ commonName: event.commonName, refusal: event.refusal }, 'session ended');
        return;
      case 'dropped':
        this.#log.warn({ reason: event.reason }, 'OpenVPN said something that was thrown away');
        return;
      case 'failed':
        this.#log.warn(
          { err: event.cause, operation: event.operation },
          'OpenVPN did not do as it was asked',
        );
        return;
    }
  }

  #tell(news: ProcessNews): void {
    for (const listener of this.#listeners) listener(news);
  }

  async #learnPid(): Promise<void> {
    try {
      this.#pid = await this.#door.management.pid();
      this.#version = await this.#door.management.version();
    } catch (error) {
      this.#log.warn({ err: error }, 'OpenVPN did not say its process id');
    }
  }
}
