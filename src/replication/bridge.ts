import type { Writable } from 'node:stream';
import { TandemError } from '../core/errors.ts';
import { joinWithSocket } from '../linux/joint.ts';
import { connectUnix } from '../linux/unix-socket.ts';

export interface BridgeOptions {
  /** The receiver's socket. */
  readonly socketPath: string;
  /** Said first: who it is that the key belongs to. */
  readonly preface?: string;
  /** Descriptors: what comes from the other node, and what goes to it. */
  readonly input: number;
  readonly output: number;
  /** One line when it cannot be done; the other node shows it. */
  readonly stderr: Writable;
}

/** EX_UNAVAILABLE, EX_NOPERM of sysexits. */
const unavailable = 69;
const noPermission = 77;

/**
 * The body of the forced command: joins sshd's channel with the receiver's socket. Returns the exit code, when either
 * side ended; until then it has the thread for itself, for every change passes here twice.
 */
export function runReplicaBridge({ socketPath, preface, input, output, stderr }: BridgeOptions): number {
  let socket: number;
  try {
    socket = connectUnix(socketPath);
  } catch (error) {
    const denied = error instanceof TandemError && error.code === 'linux.eacces';
    stderr.write(
      denied ? `no permission for ${socketPath}\n` : 'tandem is not running here, or is active itself\n',
    );
    return denied ? noPermission : unavailable;
  }
  joinWithSocket({ input, output, socket, preface: Buffer.from(preface ?? '', 'utf8') });
  return 0;
}
