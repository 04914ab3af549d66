import { chmodSync, existsSync, lstatSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { TandemError } from '../../core/errors.ts';
import type { Transition } from '../history.ts';
import type { Status } from '../status.ts';
import { readLines, writeLine } from './lines.ts';
import { type ControlError, parseRequest } from './requests.ts';

const MOST_CONNECTIONS = 64;

/** Of a request that answers nothing else. */
export type Outcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly error: ControlError & { readonly hint?: string } };

/** What the socket gives access to. */
export interface Controlled {
  status(): Status;
  resign(
    timeoutMs: number,
  ): Promise<
    { readonly ok: true; readonly successor: string } | { readonly ok: false; readonly error: ControlError }
  >;
  report(report: {
    readonly healthy: boolean;
    readonly reason: string;
    readonly ttlMs: number;
    readonly successor?: boolean | undefined;
  }): void;
  copyInSync(inSync: boolean): void;
  /** Refused where another node serves. */
  claim(): Outcome;
  /** The three steps of a change that both nodes take. */
  prepare(change: Readonly<Record<string, unknown>>, timeoutMs: number): Promise<Outcome>;
  commit(keepOldMs: number): Outcome;
  rollback(): Outcome;
  maintenance(
    on: boolean,
  ): Promise<
    { readonly ok: true; readonly successor?: string } | { readonly ok: false; readonly error: ControlError }
  >;
}

/** The control socket: status, changes of state as they happen, and the planned leave. */
export class ControlServer {
  readonly #controlled: Controlled;
  readonly #server: Server;
  readonly #connections = new Set<Socket>();
  readonly #subscribers = new Set<Socket>();

  private constructor(controlled: Controlled) {
    this.#controlled = controlled;
    this.#server = createServer((socket) => this.#serve(socket));
    this.#server.maxConnections = MOST_CONNECTIONS;
  }

  /** Throws `TandemError` when the path cannot be used, or is by a heartbeat that is alive. */
  static async listen(path: string, controlled: Controlled): Promise<ControlServer> {
    await clearPath(path);
    const control = new ControlServer(controlled);
    const before = process.umask(0o117);
    try {
      await new Promise<void>((resolve, reject) => {
        control.#server.once('error', reject);
        control.#server.listen(path, resolve);
      });
      chmodSync(path, 0o660);
    } catch (cause) {
      throw cannotListen(path, cause as NodeJS.ErrnoException);
    } finally {
      process.umask(before);
    }
    return control;
  }

  publish({ from, to, cause, sentence }: Transition): void {
    for (const socket of this.#subscribers)
      writeLine(socket, { event: 'transition', from, to, cause, sentence });
  }

  /** Also removes the socket file. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#connections) socket.destroySoon();
    await closed;
  }

  #serve(socket: Socket): void {
    this.#connections.add(socket);
    socket.on('close', () => {
      this.#connections.delete(socket);
      this.#subscribers.delete(socket);
    });
    socket.on('error', () => socket.destroy());
    readLines(socket, (line) => this.#answer(socket, line));
  }

  #answer(socket: Socket, line: string): void {
    const request = parseRequest(line);
    if ('error' in request) {
      writeLine(socket, request);
      return;
    }
    switch (request.command) {
      case 'status':
        writeLine(socket, this.#controlled.status());
        return;
      case 'subscribe':
        writeLine(socket, this.#controlled.status());
        this.#subscribers.add(socket);
        return;
      case 'resign':
        void this.#controlled.resign(request.timeoutMs).then((reply) => writeLine(socket, reply));
        return;
      case 'report':
        this.#controlled.report(request);
        writeLine(socket, { ok: true });
        return;
      case 'copy':
        this.#controlled.copyInSync(request.inSync);
        writeLine(socket, { ok: true });
        return;
      case 'claim':
        writeLine(socket, this.#controlled.claim());
        return;
      case 'prepare':
        void this.#controlled
          .prepare(request.change, request.timeoutMs)
          .then((outcome) => writeLine(socket, outcome));
        return;
      case 'commit':
        writeLine(socket, this.#controlled.commit(request.keepOldMs));
        return;
      case 'rollback':
        writeLine(socket, this.#controlled.rollback());
        return;
      case 'maintenance':
        void this.#controlled.maintenance(request.on).then((reply) => writeLine(socket, reply));
    }
  }
}

/** Removes the socket of a heartbeat that is gone; refuses anything else that lies there. */
async function clearPath(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) {
    throw new TandemError({
      code: 'heartbeat.control.not-a-socket',
      culprit: 'operator',
      message: `${path} exists and is not a socket`,
      hint: 'choose another controlSocket, or move the file away',
    });
  }
  if (await isAnswered(path)) {
    throw new TandemError({
      code: 'heartbeat.control.in-use',
      culprit: 'operator',
      message: `another heartbeat is running on the control socket ${path}`,
      hint: `see it with: tandem heartbeat status --socket ${path}`,
    });
  }
  unlinkSync(path);
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
}

function cannotListen(path: string, cause: NodeJS.ErrnoException): TandemError {
  // libuv reports a missing directory as EACCES too.
  const refused = cause.code === 'EACCES' && existsSync(dirname(path));
  return new TandemError({
    code: refused ? 'heartbeat.control.eacces' : 'heartbeat.control.failed',
    culprit: 'operator',
    message: `cannot listen on the control socket ${path}: ${refused ? 'permission denied' : causeOf(path, cause)}`,
    hint: refused ? 'run as root' : 'create its directory, or choose another controlSocket',
    cause,
  });
}

function causeOf(path: string, cause: Error): string {
  return existsSync(dirname(path)) ? cause.message : `there is no directory ${dirname(path)}`;
}
