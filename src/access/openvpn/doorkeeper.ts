import { accountName, checkEstablished, REFUSAL_WORDS, type Refusal } from '../../core/openvpn/admission.ts';
import type { KillMessage } from '../../core/openvpn/management/commands.ts';
import type { DropReason, LoginRequest } from '../../core/openvpn/management/messages.ts';
import {
  applyMessages,
  applyStatus,
  NO_SESSIONS,
  type Session,
  type SessionTable,
} from '../../core/openvpn/sessions.ts';
import { type LoginAccount, type LoginDecision, LoginGate } from '../auth/login-gate.ts';
import type { LoginMemory } from '../auth/login-memory.ts';
import { ManagementClient, type ManagementNotification } from './management-client.ts';

/** What happened at the door. None of these holds a password or a token. */
export type DoorEvent =
  | { readonly type: 'up' }
  /** `silent`: the process is there and answers nobody, as good as dead. */
  | { readonly type: 'down'; readonly cause: string; readonly silent: boolean }
  /** Who is in, or what is counted of them, is another than before. */
  | { readonly type: 'sessions' }
  | { readonly type: 'login'; readonly cid: number; readonly decision: LoginDecision }
  | { readonly type: 'established'; readonly session: Session }
  | {
      readonly type: 'sent-away';
      readonly cid: number;
      readonly commonName: string;
      readonly refusal: Refusal;
    }
  | { readonly type: 'dropped'; readonly reason: DropReason }
  | { readonly type: 'failed'; readonly operation: string; readonly cause: unknown };

export interface DoorkeeperOptions {
  readonly socketPath: string;
  readonly findAccount: (username: string) => LoginAccount | undefined;
  /** Whether the certificate of that name was made to be enough. */
  readonly isAutoLogin?: (commonName: string) => boolean;
  readonly onEvent: (event: DoorEvent) => void;
  /** What earlier logins left behind. */
  readonly memory?: LoginMemory;
  /** Called before OpenVPN is told to let a client in that knew its password, and so before it reads the client's file. One that rejects keeps it out. */
  readonly beforeEntry?: (commonName: string) => void | Promise<void>;
  /** Of the process for the generic profile. */
  readonly generic?: boolean;
  /** Seconds between two counts of a client's bytes. */
  readonly bytecountSeconds?: number;
}

/** Addresses of clients that wandered and their peer ids are in the status alone. */
const REFRESH_MS = 15_000;
/** So long a client that shows no sign of having been let in may take for it, when nobody was at the door before. */
const UNHEARD_MS = 1_000;
/** A process that hangs is noticed when it does not answer to this. */
const PROBE_MS = 2_000;

type Turnover = Extract<ManagementNotification, { type: 'established' | 'disconnected' }>;

/** Stands beside one OpenVPN process: decides its logins, knows who is in and sends away who may not stay. */
export class Doorkeeper {
  readonly #options: DoorkeeperOptions;
  readonly #gate: LoginGate;
  readonly #client: ManagementClient;
  #sessions = NO_SESSIONS;
  /** Who came and went while an answer about the status is on its way. */
  #arriving: Turnover[] | undefined;
  /** Who came in by a password, for as long as they are in. */
  readonly #byPassword: Set<number> = new Set();
  /** Who was sent away and may still be in the status. */
  #leaving: Set<number> = new Set();
  /** Whose question was heard since the last arrival. */
  readonly #heard: Set<number> = new Set();
  #unheardTimer: NodeJS.Timeout | undefined;
  #refreshTimer: NodeJS.Timeout | undefined;
  #probeTimer: NodeJS.Timeout | undefined;

  constructor(options: DoorkeeperOptions) {
    this.#options = options;
    this.#gate = new LoginGate({
      findAccount: options.findAccount,
      ...(options.isAutoLogin === undefined ? {} : { isAutoLogin: options.isAutoLogin }),
      generic: options.generic ?? false,
      ...(options.memory === undefined ? {} : { memory: options.memory }),
    });
    this.#client = new ManagementClient({
      socketPath: options.socketPath,
      onUp: () => this.#arrived(),
      onDown: (cause, silent) => options.onEvent({ type: 'down', cause, silent }),
      onNotifications: (notifications) => this.#noticed(notifications),
    });
  }

  /** The commands of this process, for what is not the door's own business. */
  get management(): ManagementClient {
    return this.#client;
  }

  /** Who is in; as of the last contact while the process is away. */
  get sessions(): SessionTable {
    return this.#sessions;
  }

  start(): void {
    this.#client.start();
    this.#refreshTimer ??= setInterval(() => {
      if (this.#client.isUp) void this.refresh();
    }, REFRESH_MS).unref();
    this.#probeTimer ??= setInterval(() => {
      if (this.#client.isUp) void this.#client.pid().catch(() => undefined);
    }, PROBE_MS).unref();
  }

  close(): void {
    clearInterval(this.#refreshTimer);
    clearInterval(this.#probeTimer);
    clearTimeout(this.#unheardTimer);
    this.#client.close();
  }

  /** Sends away every client that `matches`; resolves once OpenVPN took the orders. Returns how many there were. */
  async sendAway(matches: (session: Session) => boolean, message: KillMessage): Promise<number> {
    const orders = [...this.#sessions.values()]
      .filter(matches)
      .map((session) => this.#attempt('client-kill', this.#kill(session.cid, message)));
    await Promise.all(orders);
    return orders.length;
  }

  /** Looks at everyone who is in again, for instance after a user was blocked. */
  reviewSessions(): void {
    for (const session of this.#sessions.values()) this.#review(session);
  }

  /** Takes over what OpenVPN's status says: who is in, from which address, with which peer id. */
  async refresh(): Promise<void> {
    const arriving: Turnover[] = [];
    this.#arriving = arriving;
    const refreshed = this.#client.status3().then((clients) => {
      const staying = clients.filter((client) => !this.#leaving.has(client.cid));
      const table = applyStatus(this.#sessions, staying);
      this.#leaving = this.#leaving.intersection(new Set(clients.map((client) => client.cid)));
      // Whoever came or went while the answer was on its way is newer than the answer.
      const newer = arriving.filter((one) => one.type === 'disconnected' || !table.has(one.cid));
      this.#sessions = applyMessages(table, newer);
      this.#options.onEvent({ type: 'sessions' });
    });
    await this.#attempt('status', refreshed);
    if (this.#arriving === arriving) this.#arriving = undefined;
  }

  #arrived(): void {
    this.#options.onEvent({ type: 'up' });
    this.#leaving.clear();
    this.#byPassword.clear();
    this.#heard.clear();
    void this.#attempt('status', this.#lookForUnheard());
    // Events from before are lost, and the process may be a new one: only its status is true.
    void this.refresh().then(() => this.reviewSessions());
    void this.#attempt('bytecount', this.#client.bytecount(this.#options.bytecountSeconds ?? 5));
  }

  /**
   * OpenVPN asks about a login once. Whoever asked while nobody was at the door would wait for the end of its handshake's minute: it is told to
   * begin again.
   */
  async #lookForUnheard(): Promise<void> {
    const early = await this.#waiting();
    if (early.length === 0) return;
    clearTimeout(this.#unheardTimer);
    this.#unheardTimer = setTimeout(() => {
      const sent = this.#waiting().then(async (late) => {
        const unheard = early.filter((cid) => late.includes(cid) && !this.#heard.has(cid));
        await Promise.all(unheard.map((cid) => this.#client.clientKill(cid, 'RESTART,[P]')));
      });
      void this.#attempt('client-kill', sent);
    }, UNHEARD_MS);
  }

  /** Who has shown a certificate and has no address yet. */
  async #waiting(): Promise<number[]> {
    const clients = await this.#client.status3();
    return clients
      .filter(({ vpnAddress, commonName }) => vpnAddress === '' && commonName !== 'UNDEF')
      .map(({ cid }) => cid);
  }

  #noticed(notifications: readonly ManagementNotification[]): void {
    const before = this.#sessions;
    this.#sessions = applyMessages(before, notifications);
    if (before !== this.#sessions) this.#options.onEvent({ type: 'sessions' });
    for (const notification of notifications) {
      if (isTurnover(notification)) this.#arriving?.push(notification);
      if (notification.type === 'login') {
        this.#heard.add(notification.cid);
        void this.#attempt('login', this.#decide(notification));
      }
      if (notification.type === 'established') this.#established(notification.cid);
      if (notification.type === 'disconnected') {
        this.#byPassword.delete(notification.cid);
        this.#heard.delete(notification.cid);
      }
      if (notification.type === 'dropped') this.#options.onEvent(notification);
    }
  }

  async #decide(request: LoginRequest): Promise<void> {
    const { cid, kid } = request;
    const decision = await this.#gate.decide(request);
    this.#options.onEvent({ type: 'login', cid, decision });
    if (decision.accept) {
      try {
        await this.#options.beforeEntry?.(decision.commonName);
      } catch (error) {
        await this.#client.clientDeny(cid, kid, 'no-address', REFUSAL_WORDS['no-address']);
        throw error;
      }
      this.#byPassword.add(cid);
      await this.#client.clientAuthNt(cid, kid);
    } else await this.#client.clientDeny(cid, kid, decision.refusal, decision.words);
  }

  #established(cid: number): void {
    const session = this.#sessions.get(cid);
    if (session === undefined) return;
    this.#options.onEvent({ type: 'established', session });
    this.#review(session, !this.#byPassword.has(cid));
  }

  #review(session: Session, byToken = false): void {
    const account = this.#options.findAccount(accountName(session));
    const refusal = checkEstablished(session, account, { byToken, generic: this.#options.generic ?? false });
    if (refusal === undefined) return;
    const { cid, commonName } = session;
    this.#options.onEvent({ type: 'sent-away', cid, commonName, refusal });
    void this.#attempt('client-kill', this.#kill(cid, farewell(refusal)));
  }

  // OpenVPN keeps a client that was sent away for some seconds and then often forgets it without a DISCONNECT.
  async #kill(cid: number, message: KillMessage): Promise<void> {
    await this.#client.clientKill(cid, message);
    this.#leaving.add(cid);
    this.#sessions = applyMessages(this.#sessions, [{ type: 'disconnected', cid, env: new Map() }]);
  }

  async #attempt(operation: string, work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (cause) {
      this.#options.onEvent({ type: 'failed', operation, cause });
    }
  }
}

/** Whoever only has to type the new password is asked for it; everyone else is told why it is over. */
function farewell(refusal: Refusal): KillMessage {
  return refusal === 'password-changed' ? 'RESTART' : `HALT,${REFUSAL_WORDS[refusal]}`;
}

function isTurnover(notification: ManagementNotification): notification is Turnover {
  return notification.type === 'established' || notification.type === 'disconnected';
}
