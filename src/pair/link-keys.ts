import { join } from 'node:path';
import { z } from 'zod';
import { TandemError } from '../core/errors.ts';
import { installAuthorizedKey, keepOnlyReplicationKey } from '../replication/keys/authorized-keys.ts';
import { fingerprint, parsePublicKey } from '../replication/keys/public-key.ts';
import { adoptNextKey, ensureNextKey } from '../replication/keys/replication-key.ts';
import { connectOverSsh } from '../replication/sender/ssh.ts';
import type { PairNode } from '../settings/pair.ts';
import { noPair, unknownQuestion } from './change/change-errors.ts';
import type { ReplicationLink } from './link.ts';

const answerTimeoutMs = 20_000;

interface LinkKeysParts {
  readonly nodeName: string;
  /** @throws TandemError `pair.standby` */
  readonly refuseUnlessActive: () => void;
  readonly peer: () => PairNode | undefined;
  readonly link: () => Pick<ReplicationLink, 'ask'> | undefined;
  /** The home of the user `tandem`, in which the keys lie. */
  readonly home: string;
  /** On the other node, with this key, once. @throws TandemError `replication.*` */
  readonly signIn: (privateKeyPath: string, peer: PairNode) => Promise<void>;
}

const keySchema = z.object({ publicKey: z.string().max(200) });

/**
 * The keys of the link in both directions, exchanged for new ones. Each step leaves a link that works: a new key is let in
 * beside the old one, is used, takes its place, and only then is the old one not let in any more.
 */
export class LinkKeys {
  readonly #parts: LinkKeysParts;
  #running = false;

  constructor(parts: LinkKeysParts) {
    this.#parts = parts;
  }

  /** Whether `answer` is to be asked. */
  static knows(ask: string): boolean {
    return ask.startsWith('link-key.');
  }

  /** @throws TandemError `pair.standby`, `pair.change.no-pair`, `replica.rotate-key.busy`, `replication.*` */
  async rotate(): Promise<{ peer: string; fingerprints: { own: string; peer: string } }> {
    const { nodeName, refuseUnlessActive, home, signIn } = this.#parts;
    const sshDirectory = join(home, '.ssh');
    refuseUnlessActive();
    const peer = this.#parts.peer();
    const link = this.#parts.link();
    if (peer === undefined || link === undefined) throw noPair(nodeName);
    if (this.#running) throw busy();
    this.#running = true;
    try {
      const own = await ensureNextKey(sshDirectory);
      const offered = await link.ask('link-key.offer', { publicKey: own.publicKey }, answerTimeoutMs);
      const { publicKey } = keySchema.parse(offered);
      await installAuthorizedKey({ home, publicKey });
      await signIn(own.privateKeyPath, peer);
      await adoptNextKey(sshDirectory);
      await link.ask('link-key.adopt', { publicKey: own.publicKey }, answerTimeoutMs);
      await keepOnlyReplicationKey(home, publicKey);
      return { peer: peer.name, fingerprints: { own: shown(own.publicKey), peer: shown(publicKey) } };
    } finally {
      this.#running = false;
    }
  }

  /** On the standby: its part of a step. */
  async answer(ask: string, body: unknown): Promise<unknown> {
    const { nodeName, home, signIn } = this.#parts;
    const sshDirectory = join(home, '.ssh');
    const { publicKey } = keySchema.parse(body);
    const peer = this.#parts.peer();
    if (peer === undefined) throw noPair(nodeName);
    if (ask === 'link-key.offer') {
      const own = await ensureNextKey(sshDirectory);
      await installAuthorizedKey({ home, publicKey });
      return { publicKey: own.publicKey };
    }
    if (ask !== 'link-key.adopt') throw unknownQuestion(nodeName, ask);
    const own = await ensureNextKey(sshDirectory);
    await signIn(own.privateKeyPath, peer);
    await adoptNextKey(sshDirectory);
    await keepOnlyReplicationKey(home, publicKey);
    return {};
  }
}

/** Connects to the other node and closes. @throws TandemError `replication.*` */
export async function signInOnce(privateKeyPath: string, peer: PairNode): Promise<void> {
  const { port, hostKey } = peer.ssh;
  const link = await connectOverSsh({ host: peer.address, port, privateKeyPath, hostKey })();
  link.close();
}

function shown(publicKey: string): string {
  return fingerprint(parsePublicKey(publicKey).blob);
}

function busy(): TandemError {
  return new TandemError({
    code: 'replica.rotate-key.busy',
    culprit: 'caller',
    message: 'The keys of the link are being exchanged already.',
    hint: 'Wait some seconds',
  });
}
