import { timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { Client, type ClientChannel } from 'ssh2';
import { TandemError } from '../../core/errors.ts';
import { linkError } from '../errors.ts';
import { fingerprint, type PublicKey, parsePublicKey } from '../keys/public-key.ts';
import type { Connect, Link } from './link.ts';
import { connectWithin } from './packet-socket.ts';

/** For the TCP connection alone, on one's own network. */
const connectTimeoutMs = 1_000;

export interface SshOptions {
  readonly host: string;
  /** Default 22. */
  readonly port?: number;
  /** Default `tandem`. */
  readonly username?: string;
  /** The file that `ensureReplicationKey` made. */
  readonly privateKeyPath: string;
  /** The standby's host key as it was pinned while pairing: `ssh-ed25519 AAAA…`. */
  readonly hostKey: string;
  /** Other machines that may answer at that address: the other node of a pair. */
  readonly otherHostKeys?: readonly string[];
  /** What somebody does when the key is not let in. */
  readonly whatToDo?: string;
  /** For the TCP connection alone. Default 1000. */
  readonly connectTimeoutMs?: number;
  /** From the TCP connection until the channel is open. Default 5000. */
  readonly timeoutMs?: number;
}

/** Ways to the receiver through the standby's own sshd. Its `authorized_keys` decides what runs there, not we. */
export function connectOverSsh(options: SshOptions): Connect {
  return async () => {
    const privateKey = await readPrivateKey(options.privateKeyPath);
    const { host, port = 22 } = options;
    const withinMs = options.connectTimeoutMs ?? connectTimeoutMs;
    const socket = await connectWithin(host, port, withinMs).catch((error: Error) => {
      throw linkError('unreachable', `${host}:${port} cannot be reached: ${error.message}`, error);
    });
    const client = new Client();
    try {
      return await openLink(client, options, privateKey, socket);
    } catch (error) {
      client.destroy();
      socket.destroy();
      throw error;
    }
  };
}

async function openLink(
  client: Client,
  options: SshOptions,
  privateKey: Buffer,
  socket: Socket,
): Promise<Link> {
  const where = `${options.host}:${options.port ?? 22}`;
  const pinned = parsePublicKey(options.hostKey);
  const known = [pinned, ...(options.otherHostKeys ?? []).map(parsePublicKey)];
  const { promise, resolve, reject } = Promise.withResolvers<Link>();
  let strangerKey: Buffer | undefined;
  const timer = setTimeout(
    () => reject(linkError('unreachable', `${where} did not answer in time`)),
    options.timeoutMs ?? 5_000,
  );
  client.on('error', (error) => {
    // Also after the link was made: then the stream's own end tells.
    reject(explain(error, where, strangerKey, pinned, options.whatToDo));
  });
  client.on('close', () => reject(linkError('unreachable', `${where} closed the connection`)));
  client.on('ready', () => {
    client.exec('tandem replica receive', (error, channel) => {
      if (error) reject(linkError('unreachable', `${where} opened no channel: ${error.message}`, error));
      else resolve(linkOver(client, channel, where));
    });
  });
  client.connect({
    sock: socket,
    username: options.username ?? 'tandem',
    privateKey,
    authHandler: ['publickey'],
    readyTimeout: options.timeoutMs ?? 5_000,
    algorithms: { serverHostKey: ['ssh-ed25519'] },
    hostVerifier: (key: Buffer) => {
      const same = known.some(({ blob }) => key.length === blob.length && timingSafeEqual(key, blob));
      if (!same) strangerKey = key;
      return same;
    },
  });
  return promise.finally(() => clearTimeout(timer));
}

function linkOver(client: Client, channel: ClientChannel, where: string): Link {
  let said = '';
  let status: number | null | undefined;
  channel.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString('utf8')).slice(-1000);
  });
  channel.on('exit', (code: number | null) => {
    status = code;
  });
  client.on('close', () => channel.destroy());
  const end = channel.destroy.bind(channel);
  // By itself it would wait until the other end agrees, which is dead or cut off when the link has been silent.
  channel.destroy = () => {
    client.destroy();
    return end();
  };
  return {
    stream: channel,
    reason: () => {
      const words = said.trim().split('\n').at(-1) ?? '';
      if (words === '' && (status === undefined || status === 0)) return undefined;
      const because = words === '' ? `the receiving command ended with status ${status}` : words;
      return linkError('unreachable', `${where}: ${because}`);
    },
    close: () => {
      channel.destroy();
      client.destroy();
    },
  };
}

function explain(
  error: Error,
  where: string,
  stranger: Buffer | undefined,
  pinned: PublicKey,
  whatToDo = 'Pair the nodes again, and check that its sshd allows the user tandem and public keys.',
): TandemError {
  if (stranger !== undefined) {
    return new TandemError({
      code: 'replication.host-key',
      culprit: 'operator',
      message: `${where} shows the host key ${fingerprint(stranger)}, but ${fingerprint(pinned.blob)} was pinned when the pair was made`,
      hint: 'If the machine was installed anew, pair the nodes again. If not, somebody else answers at this address.',
    });
  }
  if ('level' in error && error.level === 'client-authentication') {
    return new TandemError({
      code: 'replication.authentication',
      culprit: 'operator',
      message: `${where} does not accept this node's replication key`,
      hint: whatToDo,
      cause: error,
    });
  }
  return linkError('unreachable', `${where} cannot be reached: ${error.message}`, error);
}

async function readPrivateKey(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new TandemError({
      code: 'replication.key-file',
      culprit: 'operator',
      message: `the replication key ${path} cannot be read`,
      hint: 'Pair the nodes again, which makes a new one.',
      cause: error,
    });
  }
}
