import type { Writable } from 'node:stream';
import { TandemError } from '../core/errors.ts';
import { joinWithSocket } from '../linux/joint.ts';
import { sleep } from '../linux/sleep.ts';
import { connectUnix } from '../linux/unix-socket.ts';

export interface BridgeOptions {
  /** The receiver's socket. */
  readonly socketPath: string;
  /** Said first: who it is that the key belongs to. */
  readonly preface?: string;
  /** How long the socket may be missing. Default 2000. */
  readonly patienceMs?: number;
  /** Descriptors: what comes from the other node, and what goes to it. */
  readonly input: number;
  readonly output: number;
  /** One line when it cannot be done; the other node shows it. */
  readonly stderr: Writable;
}

/**
 * A machine that is starting has its sshd before its server: who came in meanwhile is joined with it the moment it listens. Shorter than
 * the silence after which the other node gives the link up.
 */
const startingMs = 2_000;
const lookMs = 20;

/** EX_UNAVAILABLE, EX_NOPERM of sysexits. */
const unavailable = 69;
const noPermission = 77;

/**
 * The body of the forced command: joins sshd's channel with the receiver's socket. Returns the exit code, when either
 * side ended; until then it has the thread for itself, for every change passes here twice.
 */
export function runReplicaBridge({
  socketPath,
  preface,
  patienceMs,
  input,
  output,
  stderr,
}: BridgeOptions): number {
  let socket: number;
  try {
    socket = reach(socketPath, performance.now() + (patienceMs ?? startingMs));
  } catch (error) {
    const denied = isDenied(error);
    stderr.write(
      denied ? `no permission for ${socketPath}\n` : 'tandem is not running here, or is active itself\n',
    );
    return denied ? noPermission : unavailable;
  }
  joinWithSocket({ input, output, socket, preface: Buffer.from(preface ?? '', 'utf8') });
  return 0;
}

function reach(path: string, deadline: number): number {
  for (;;) {
    try {
      return connectUnix(path);
    } catch (error) {
      if (isDenied(error) || performance.now() > deadline) throw error;
      sleep(lookMs);
    }
  }
}

function isDenied(error: unknown): boolean {
  return error instanceof TandemError && error.code === 'linux.eacces';
}
