import type { Logger } from 'pino';
import { LoginGate } from '../access/auth/login-gate.ts';
import { ManagementClient, type ManagementNotification } from '../access/openvpn/management-client.ts';
import { checkEstablished, REFUSAL_WORDS } from '../core/openvpn/admission.ts';
import type { LoginRequest } from '../core/openvpn/management/messages.ts';
import {
  applyMessages,
  applyStatus,
  NO_SESSIONS,
  type Session,
  type SessionTable,
} from '../core/openvpn/sessions.ts';
import type { Store } from '../store/store.ts';

/** How often the table is compared with what OpenVPN says, for what a lost message would leave in it. */
const reconcileMs = 10_000;

/** The clients of one OpenVPN process: decides their logins and knows who is in. */
export class VpnClients {
  readonly #store: Store;
  readonly #log: Logger;
  readonly #management: ManagementClient;
  readonly #gate: LoginGate;
  readonly #timer: NodeJS.Timeout;
  #sessions: SessionTable = NO_SESSIONS;
  #pid: number | undefined;
  #logins = 0;

  constructor(parts: { store: Store; managementSocket: string; log: Logger }) {
    this.#store = parts.store;
    this.#log = parts.log;
    this.#gate = new LoginGate({ findAccount: (username) => this.#store.users.find(username) });
    this.#management = new ManagementClient({
      socketPath: parts.managementSocket,
      onNotifications: (notifications) => this.#hear(notifications),
      onUp: () => void this.#reconcile(),
      onDown: (cause) => this.#down(cause),
    });
    this.#timer = setInterval(() => void this.#reconcile(), reconcileMs);
  }

  start(): void {
    this.#management.start();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#management.close();
  }

  get sessions(): readonly Session[] {
    return [...this.#sessions.values()];
  }

  /** Undefined while OpenVPN does not answer. */
  get pid(): number | undefined {
    return this.#management.isUp ? this.#pid : undefined;
  }

  /** How many logins with a password this process has decided; returning clients with a token are not among them. */
  get logins(): number {
    return this.#logins;
  }

  /** Tells every client to reconnect with the token it has (`RESTART,[P]`); answers how many were told. */
  async tellToReconnect(): Promise<number> {
    const told = await Promise.allSettled(
      [...this.#sessions.keys()].map((cid) => this.#management.clientKill(cid, 'RESTART,[P]')),
    );
    return told.filter((outcome) => outcome.status === 'fulfilled').length;
  }

  /** Ends the sessions of whoever may no longer be in; they are refused when they come again. */
  async endForbidden(): Promise<void> {
    for (const session of this.#sessions.values()) await this.#endIfForbidden(session);
  }

  #hear(notifications: readonly ManagementNotification[]): void {
    this.#sessions = applyMessages(this.#sessions, notifications);
    for (const notification of notifications) {
      if (notification.type === 'login') void this.#decide(notification);
      if (notification.type === 'established') {
        const session = this.#sessions.get(notification.cid);
        if (session !== undefined) void this.#endIfForbidden(session);
      }
    }
  }

  async #decide(request: LoginRequest): Promise<void> {
    this.#logins += 1;
    try {
      const decision = await this.#gate.decide(request);
      const { commonName, username } = decision;
      if (decision.accept) {
        await this.#management.clientAuthNt(request.cid, request.kid);
        this.#log.info({ commonName, username }, 'login accepted');
        return;
      }
      await this.#management.clientDeny(request.cid, request.kid, decision.refusal, decision.words);
      this.#log.warn({ commonName, username, refusal: decision.refusal }, 'login refused');
    } catch (error) {
      this.#log.error({ err: error }, 'a login could not be decided; the client will try again');
    }
  }

  /** OpenVPN lets a valid token in by itself; whose certificate it came with and whether the user is blocked is checked here. */
  async #endIfForbidden(session: Session): Promise<void> {
    const user = this.#store.users.find(session.username);
    const revoked = this.#store.certificates
      .withCommonName(session.commonName)
      .every((certificate) => certificate.revokedAt !== undefined);
    const refusal = revoked ? 'revoked' : checkEstablished(session, user);
    if (refusal === undefined) return;
    const words = refusal === 'revoked' ? 'this profile is revoked' : REFUSAL_WORDS[refusal];
    this.#log.warn({ commonName: session.commonName, refusal }, 'session ended');
    await this.#management.clientKill(session.cid, `HALT,${words}`).catch((error: unknown) => {
      this.#log.error(
        { err: error, commonName: session.commonName },
        'a forbidden session could not be ended',
      );
    });
  }

  async #reconcile(): Promise<void> {
    if (!this.#management.isUp) return;
    try {
      this.#pid = await this.#management.pid();
      this.#sessions = applyStatus(this.#sessions, await this.#management.status3());
    } catch (error) {
      this.#log.warn({ err: error }, 'OpenVPN did not say who is connected');
    }
  }

  #down(cause: string): void {
    this.#pid = undefined;
    this.#sessions = NO_SESSIONS;
    this.#log.warn({ cause }, 'OpenVPN does not answer on its management socket');
  }
}
