import { once } from 'node:events';
import { connect } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface BridgeOptions {
  /** The receiver's socket. */
  readonly socketPath: string;
  /** Said first: who it is that the key belongs to. */
  readonly preface?: string;
  readonly stdin: Readable;
  readonly stdout: Writable;
  /** One line when it cannot be done; the other node shows it. */
  readonly stderr: Writable;
}

/** EX_UNAVAILABLE, EX_NOPERM of sysexits. */
const unavailable = 69;
const noPermission = 77;

/**
 * The body of the forced command: joins sshd's channel with the receiver's socket. Returns the exit code, when either
 * side ended.
 */
export async function runReplicaBridge({
  socketPath,
  preface,
  stdin,
  stdout,
  stderr,
}: BridgeOptions): Promise<number> {
  const socket = connect(socketPath);
  try {
    await once(socket, 'connect');
  } catch (error) {
    socket.destroy();
    const denied = error instanceof Error && 'code' in error && error.code === 'EACCES';
    stderr.write(
      denied ? `no permission for ${socketPath}\n` : 'tandem is not running here, or is active itself\n',
    );
    return denied ? noPermission : unavailable;
  }
  if (preface !== undefined) socket.write(preface);
  // Each direction ends by itself; an error in one (the other end is gone) is an end as well.
  const inwards = pipeline(stdin, socket).catch(() => socket.destroy());
  const outwards = pipeline(socket, stdout, { end: false }).catch(() => socket.destroy());
  await outwards;
  socket.destroy();
  stdin.destroy();
  await inwards;
  return 0;
}
