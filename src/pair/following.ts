import { join } from 'node:path';
import type { Logger } from 'pino';
import { TandemError } from '../core/errors.ts';
import type { Position } from '../core/replication/position.ts';
import { FollowingLink } from '../replication/followers/following.ts';
import { ensureReplicationKey } from '../replication/keys/replication-key.ts';
import { Receiver, type ReceiverStatus } from '../replication/receiver/receiver.ts';
import { connectOverSsh } from '../replication/sender/ssh.ts';
import type { Verification } from '../replication/verification/verification.ts';
import { type Following, parseJoinWord, readFollowing, writeFollowing } from '../settings/following.ts';
import type { NodeConfig } from '../settings/node.ts';
import { paths } from '../settings/paths.ts';
import { readPairSettings } from '../settings/read.ts';
import type { Store } from '../store/store.ts';

/** How far a follower is, as it knows itself. */
export interface FollowingStatus {
  readonly following: Following;
  readonly connected: boolean;
  /** The node that answers now, or answered last. */
  readonly source: string | undefined;
  readonly position: Position;
  readonly lastAppliedAt: number | undefined;
  readonly sentence: string;
}

interface FollowingParts {
  readonly store: Store;
  readonly config: NodeConfig;
  readonly productVersion: string;
  readonly verification: Verification;
  readonly log: Logger;
}

/** Over the Internet a first packet may be lost and repeated. */
const farAwayMs = 7_000;

/** The other end of `Followers`, on a machine that was set up as a follower. */
export class FollowingSide {
  readonly #parts: FollowingParts;
  #following: Following | undefined;
  #receiver: Receiver | undefined;
  #link: FollowingLink | undefined;

  constructor(parts: FollowingParts) {
    this.#parts = parts;
  }

  /** Follows whom it was told to; waits for `join` where it was told nothing yet. */
  async start(): Promise<void> {
    this.#following = readFollowing(paths.following);
    if (this.#following !== undefined) await this.#follow(this.#following);
  }

  async stop(): Promise<void> {
    await this.#link?.stop();
    this.#link = undefined;
  }

  /** `ssh-ed25519 AAAA…`, for `tandem follower add` on the active node. Made when there is none. */
  async publicKey(): Promise<string> {
    return (await ensureReplicationKey(paths.sshDirectory)).publicKey;
  }

  /** @throws TandemError `follower.join.malformed`, `follower.join.refused` */
  async join(word: string): Promise<Following> {
    const { name, start } = this.#parts.config;
    if (start !== 'follower') throw notAFollower(name);
    const following = parseJoinWord(word);
    if (following === undefined) {
      throw new TandemError({
        code: 'follower.join.malformed',
        culprit: 'caller',
        message: 'This is not what `tandem follower add` printed. Nothing was changed.',
        hint: 'Copy the whole word, without spaces or line breaks in it',
      });
    }
    await this.stop();
    await ensureReplicationKey(paths.sshDirectory);
    writeFollowing(paths.following, following);
    this.#following = following;
    await this.#follow(following);
    return following;
  }

  /** Fetches a whole new copy. Answers whether that begins at once. */
  reseed(): boolean {
    const state = this.#receiver?.status.state;
    this.#receiver?.reseed();
    return state === 'tail' || state === 'snapshot';
  }

  /** Undefined until it was told whom to follow. */
  get status(): FollowingStatus | undefined {
    const following = this.#following;
    const receiver = this.#receiver?.status;
    if (following === undefined || receiver === undefined) return undefined;
    const connected = receiver.state === 'snapshot' || receiver.state === 'tail';
    return {
      following,
      connected,
      source: receiver.sender?.nodeName,
      position: receiver.position,
      lastAppliedAt: receiver.lastAppliedAt,
      sentence: this.#sentence(following, receiver),
    };
  }

  #sentence({ host, port }: Following, receiver: ReceiverStatus): string {
    const source = receiver.sender?.nodeName ?? host;
    if (receiver.state === 'tail') return `It follows ${source}.`;
    if (receiver.state === 'snapshot') return `It receives a whole copy from ${source}.`;
    const why = this.#link?.lastError?.message;
    return `It does not reach ${host}:${port}${why === undefined ? '' : `: ${why}`}`;
  }

  async #follow(following: Following): Promise<void> {
    const { store, config, productVersion, verification, log } = this.#parts;
    this.#receiver = new Receiver({
      store,
      self: {
        nodeId: config.nodeId,
        nodeName: config.name,
        pairId: following.groupId,
        product: productVersion,
      },
      role: () => 'standby',
      socketPath: undefined,
      quarantineDirectory: undefined,
      log,
      verification,
    });
    this.#link = new FollowingLink({
      receiver: this.#receiver,
      connect: () => this.#connect(following),
      log,
    });
    await this.#link.start();
    if (verification.damaged !== undefined) this.#receiver.reseed();
  }

  /** Who may answer is what the source last said: a node that was exchanged for another is known by then. */
  #connect(following: Following): ReturnType<ReturnType<typeof connectOverSsh>> {
    const pair = readPairSettings(this.#parts.store);
    const keys = [
      ...following.sources.map(({ hostKey }) => hostKey),
      ...(pair?.nodes.map(({ ssh }) => ssh.hostKey) ?? []),
    ];
    const [hostKey = '', ...otherHostKeys] = keys;
    return connectOverSsh({
      host: following.host,
      port: following.port,
      privateKeyPath: join(paths.sshDirectory, 'replication_ed25519'),
      hostKey,
      otherHostKeys,
      connectTimeoutMs: farAwayMs,
      timeoutMs: 2 * farAwayMs,
      whatToDo:
        'On the active node: tandem follower list, and add this one again if it is not there (tandem follower key here shows its key).',
    })();
  }
}

function notAFollower(name: string): TandemError {
  return new TandemError({
    code: 'follower.join.refused',
    culprit: 'caller',
    message: `${name} was not set up as a follower and has data of its own. Nothing was changed.`,
    hint: 'Set a fresh machine up with: tandem init --follower',
  });
}
