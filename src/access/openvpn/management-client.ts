import { createConnection, type Socket } from 'node:net';
import { TandemError } from '../../core/errors.ts';
import * as commands from '../../core/openvpn/management/commands.ts';
import { decode, NEW_DECODER } from '../../core/openvpn/management/decode.ts';
import type { ManagementMessage } from '../../core/openvpn/management/messages.ts';
import { readReplyLine } from '../../core/openvpn/management/reply.ts';
import { parseStatus, type StatusClient } from '../../core/openvpn/management/status.ts';

/** A notification: everything but the answers to our own commands. */
export type ManagementNotification = Exclude<ManagementMessage, { type: 'reply' }>;

export interface ManagementClientOptions {
  readonly socketPath: string;
  /** What arrived together, in order. Holds passwords behind functions; never log environments at large. */
  readonly onNotifications: (notifications: readonly ManagementNotification[]) => void;
  /** Connected: whatever happened before is unknown, ask for `status3`. Also the process may be another one. */
  readonly onUp: () => void;
  /** Called once per loss; `cause` is in words, `silent` says that OpenVPN is there and answers nobody. Connects again by itself. */
  readonly onDown?: (cause: string, silent: boolean) => void;
  /** OpenVPN is one loop: while it answers nobody it serves nobody, and the connection is given up (default 5000). */
  readonly answerBoundMs?: number;
}

interface PendingCommand {
  readonly command: commands.Command;
  readonly lines: string[];
  readonly resolve: (lines: readonly string[]) => void;
  readonly reject: (error: TandemError) => void;
}

/** Whoever logs in while nobody listens is not asked about again: soon, and always. */
const RETRY_MS = 20;
const ANSWER_BOUND_MS = 5000;
const MAX_PENDING = 4096;

/** The management interface of one OpenVPN process, over its unix socket. Only one client can be connected to it. */
export class ManagementClient {
  readonly #options: ManagementClientOptions;
  readonly #pending: PendingCommand[] = [];
  #socket: Socket | undefined;
  #up = false;
  #silent = false;
  #closed = false;
  #decoder = NEW_DECODER;
  #retryTimer: NodeJS.Timeout | undefined;
  #answerTimer: NodeJS.Timeout | undefined;

  constructor(options: ManagementClientOptions) {
    this.#options = options;
  }

  get isUp(): boolean {
    return this.#up;
  }

  /** Connects, and connects again whenever the connection is lost, until `close`. */
  start(): void {
    if (this.#closed || this.#socket !== undefined) return;
    const socket = createConnection(this.#options.socketPath);
    let cause = 'the socket was closed';
    socket.setEncoding('utf8');
    socket.on('connect', () => this.#connected());
    socket.on('data', (chunk: string) => this.#received(chunk));
    socket.on('error', (error) => {
      cause = error.message;
    });
    socket.on('close', () => this.#lost(cause));
    this.#socket = socket;
  }

  /** Ends the connection for good; commands without an answer fail. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#retryTimer);
    this.#socket?.destroy();
  }

  async clientAuth(cid: number, kid: number, lines: readonly string[]): Promise<void> {
    await this.#send(commands.clientAuth(cid, kid, lines));
  }

  async clientAuthNt(cid: number, kid: number): Promise<void> {
    await this.#send(commands.clientAuthNt(cid, kid));
  }

  /** `reason` is for OpenVPN's log, `clientReason` for the client's. */
  async clientDeny(cid: number, kid: number, reason: string, clientReason: string): Promise<void> {
    await this.#send(commands.clientDeny(cid, kid, reason, clientReason));
  }

  async clientKill(cid: number, message: commands.KillMessage): Promise<void> {
    await this.#send(commands.clientKill(cid, message));
  }

  async status3(): Promise<StatusClient[]> {
    return parseStatus(await this.#send(commands.status));
  }

  /** Asks for a `bytecount` notification per client every so many seconds; 0 for none. */
  async bytecount(seconds: number): Promise<void> {
    await this.#send(commands.bytecount(seconds));
  }

  async signal(name: commands.Signal): Promise<void> {
    await this.#send(commands.signal(name));
  }

  async holdRelease(): Promise<void> {
    await this.#send(commands.holdRelease);
  }

  /** The process id of OpenVPN. */
  async pid(): Promise<number> {
    const [text] = await this.#send(commands.pid);
    const digits = /^pid=(\d+)$/.exec(text ?? '')?.[1];
    if (digits === undefined) throw refused('pid', 'the answer names no process');
    return Number(digits);
  }

  /** For example `2.6.14`; undefined where OpenVPN names none. */
  async version(): Promise<string | undefined> {
    const lines = await this.#send(commands.version);
    return /OpenVPN (\d+\.\d+[^ ]*)/.exec(lines.join('\n'))?.[1];
  }

  #connected(): void {
    this.#up = true;
    this.#options.onUp();
  }

  #lost(cause: string): void {
    const wasUp = this.#up;
    this.#up = false;
    this.#socket = undefined;
    this.#decoder = NEW_DECODER;
    clearTimeout(this.#answerTimer);
    for (const pending of this.#pending.splice(0)) pending.reject(disconnected(pending.command.name, cause));
    const silent = this.#silent;
    this.#silent = false;
    if (wasUp) this.#options.onDown?.(cause, silent);
    if (this.#closed) return;
    this.#retryTimer = setTimeout(() => this.start(), RETRY_MS);
  }

  #received(chunk: string): void {
    const { decoder, messages } = decode(this.#decoder, chunk);
    this.#decoder = decoder;
    const notifications: ManagementNotification[] = [];
    for (const message of messages) {
      if (message.type === 'reply') this.#answered(message.line);
      else notifications.push(message);
    }
    if (notifications.length > 0) this.#options.onNotifications(notifications);
  }

  #answered(line: string): void {
    const pending = this.#pending[0];
    if (pending === undefined) return;
    const step = readReplyLine(pending.command.answer, pending.lines.length, line);
    if (step.type === 'stray') return;
    if (step.type === 'more') {
      pending.lines.push(line);
      return;
    }
    this.#pending.shift();
    this.#watchForAnswer();
    if (step.type === 'failed') pending.reject(refused(pending.command.name, step.error));
    else pending.resolve(step.text === '' ? pending.lines : [step.text]);
  }

  #send(command: commands.Command): Promise<readonly string[]> {
    return new Promise((resolve, reject) => {
      if (!this.#up || this.#socket === undefined) return reject(disconnected(command.name, 'not connected'));
      if (this.#pending.length >= MAX_PENDING)
        return reject(disconnected(command.name, 'too many commands wait'));
      this.#pending.push({ command, lines: [], resolve, reject });
      if (this.#pending.length === 1) this.#watchForAnswer();
      this.#socket.write(command.text);
    });
  }

  #watchForAnswer(): void {
    clearTimeout(this.#answerTimer);
    if (this.#pending.length === 0) return;
    const boundMs = this.#options.answerBoundMs ?? ANSWER_BOUND_MS;
    this.#answerTimer = setTimeout(() => {
      this.#silent = true;
      this.#socket?.destroy(new Error(`no answer for ${boundMs} ms`));
    }, boundMs);
  }
}

function disconnected(command: string, cause: string): TandemError {
  return new TandemError({
    code: 'access.openvpn.management-down',
    culprit: 'us',
    message: `OpenVPN did not take the management command ${command}: ${cause}`,
    hint: 'Wait for OpenVPN to come back; see: tandem logs',
  });
}

function refused(command: string, error: string): TandemError {
  return new TandemError({
    code: 'access.openvpn.management-refused',
    culprit: 'us',
    message: `OpenVPN refused the management command ${command}: ${error}`,
    hint: 'The client may be gone already',
  });
}
