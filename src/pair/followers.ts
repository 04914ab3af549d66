import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Write } from '../accounts/write.ts';
import { TandemError } from '../core/errors.ts';
import type { Position } from '../core/replication/position.ts';
import type { ScopeName } from '../core/replication/scope.ts';
import { verdictInWords } from '../core/replication/verdict.ts';
import { Feeds } from '../replication/followers/feeds.ts';
import { setFollowerKeys } from '../replication/keys/authorized-keys.ts';
import { fingerprint, parsePublicKey, readHostKey } from '../replication/keys/public-key.ts';
import type { Verification } from '../replication/verification/verification.ts';
import {
  type Follower,
  type FollowerSettings,
  followerSettingName,
  readFollowerSettings,
} from '../settings/followers.ts';
import { joinWord } from '../settings/following.ts';
import { bareAddress } from '../settings/network.ts';
import type { NodeConfig } from '../settings/node.ts';
import { paths } from '../settings/paths.ts';
import { readPairSettings } from '../settings/read.ts';
import type { Actor } from '../store/actor.ts';
import type { Store } from '../store/store.ts';

export interface FollowerWish {
  readonly name: string;
  readonly publicKey: string;
  readonly scope: ScopeName;
  /** Where followers reach the pair; undefined: the virtual address. */
  readonly host?: string | undefined;
  readonly port: number;
}

/** `elsewhere`: this node is not active and cannot know. `unseen`: it has not been here since this node became active. */
type FollowerState = 'elsewhere' | 'unseen' | 'away' | 'begins' | 'different' | 'follows';

/** One follower as the active knows it. */
export interface FollowerStatus {
  readonly follower: Follower;
  readonly state: FollowerState;
  readonly fingerprint: string;
  readonly connected: boolean;
  readonly position: Position | undefined;
  readonly lagEntries: number | undefined;
  /** Age of the oldest change that it does not have; 0 when it has all, undefined when the journal no longer says. */
  readonly lagMs: number | undefined;
  readonly unsentBytes: number | undefined;
  readonly product: string | undefined;
  /** Wall clock, milliseconds since 1970. */
  readonly lastHeardAt: number | undefined;
  readonly verifiedAt: number | undefined;
  readonly sentence: string;
}

/** More would each cost a connection and a copy; nobody needs them. */
const mostFollowers = 64;

/** Servers elsewhere that get a part of this node's data, while it is active. */
export class Followers {
  readonly #store: Store;
  readonly #config: NodeConfig;
  readonly #write: Write;
  readonly #log: Logger;
  readonly #now: () => number;
  readonly #feeds: Feeds;
  #serves = false;
  #settings: FollowerSettings | undefined;
  #keys: Promise<void> = Promise.resolve();

  constructor(parts: {
    store: Store;
    config: NodeConfig;
    productVersion: string;
    write: Write;
    verification: Verification;
    log: Logger;
    now: () => number;
  }) {
    this.#store = parts.store;
    this.#config = parts.config;
    this.#write = parts.write;
    this.#log = parts.log;
    this.#now = parts.now;
    this.#feeds = new Feeds({
      store: parts.store,
      socketPath: paths.followerSocket,
      known: () =>
        this.#settings && {
          self: {
            nodeId: parts.config.nodeId,
            nodeName: parts.config.name,
            pairId: this.#settings.groupId,
            product: parts.productVersion,
          },
          followers: this.#settings.followers,
        },
      verification: parts.verification,
      log: parts.log,
      wallMs: parts.now,
    });
  }

  /** Keys and connections follow the setting, which both nodes have, at once. */
  start(): void {
    this.#store.onChange(({ cause, tables }) => {
      if (cause === 'replace' || tables.includes('setting')) this.#follow();
    });
    this.#follow();
  }

  async serve(active: boolean): Promise<void> {
    this.#serves = active;
    if (active) await this.#feeds.start();
    else this.#feeds.stop();
  }

  /**
   * Lets one more in. Answers the word that its administrator types there.
   * @throws TandemError `follower.exists`, `follower.too-many`, `replication.public-key`, `pair.standby`
   */
  async add(
    actor: Actor,
    wish: FollowerWish,
  ): Promise<{ protected: boolean; follower: Follower; join: string }> {
    const key = parsePublicKey(wish.publicKey);
    const before = this.#settings ?? { groupId: randomUUID(), followers: [] };
    const publicKey = `${key.algorithm} ${key.blob.toString('base64')}`;
    const twin = before.followers.find((one) => one.name === wish.name || one.publicKey === publicKey);
    if (twin !== undefined) throw exists(twin, wish.name);
    if (before.followers.length >= mostFollowers) throw tooMany();
    const follower: Follower = {
      id: randomUUID(),
      name: wish.name,
      publicKey,
      scope: wish.scope,
      addedAt: new Date(this.#now()).toISOString(),
    };
    const settings = { groupId: before.groupId, followers: [...before.followers, follower] };
    const written = await this.#write(actor, (transaction) =>
      transaction.settings.set(followerSettingName, settings),
    );
    await this.#keys;
    const pair = readPairSettings(this.#store);
    const host = wish.host ?? (pair === undefined ? this.#config.address : bareAddress(pair.virtualAddress));
    const sources =
      pair === undefined
        ? [{ name: this.#config.name, hostKey: await readHostKey(paths.sshHostKey) }]
        : pair.nodes.map(({ name, ssh }) => ({ name, hostKey: ssh.hostKey }));
    const { id, name } = follower;
    const join = joinWord({ groupId: before.groupId, followerId: id, name, host, port: wish.port, sources });
    return { protected: written.protected, follower, join };
  }

  /** Revokes its key on both nodes and ends its connection. @throws TandemError `follower.unknown`, `pair.standby` */
  async remove(actor: Actor, name: string): Promise<{ protected: boolean }> {
    const before = this.#settings;
    const found = before?.followers.find((one) => one.name === name);
    if (before === undefined || found === undefined) throw unknown(name);
    const followers = before.followers.filter((one) => one !== found);
    const written = await this.#write(actor, (transaction) =>
      transaction.settings.set(followerSettingName, { groupId: before.groupId, followers }),
    );
    await this.#keys;
    return { protected: written.protected };
  }

  /** Compares one with what it should have, now. @throws TandemError `follower.unknown`, `follower.away` */
  async verify(name: string): Promise<{ equal: boolean; sentence: string }> {
    const found = this.#settings?.followers.find((one) => one.name === name);
    if (found === undefined) throw unknown(name);
    const verdict = await this.#feeds.verify(found.id);
    if (verdict !== undefined) {
      return { equal: verdict.kind === 'equal', sentence: verdictInWords(verdict, this.#config.name, name) };
    }
    throw new TandemError({
      code: 'follower.away',
      culprit: 'peer',
      message: `${name} is not connected to this node, or still gets a whole copy.`,
      hint: 'Look at: tandem follower list',
    });
  }

  /** In the order they were added. On a standby only who they are. */
  list(): FollowerStatus[] {
    return (this.#settings?.followers ?? []).map((follower) => this.#statusOf(follower));
  }

  #statusOf(follower: Follower): FollowerStatus {
    const last = this.#feeds.last(follower.id);
    const status = last?.status;
    const connected = status !== undefined && status.state !== 'ended';
    const position = status?.acknowledged;
    const lag = position && Math.max(0, this.#store.position.sequence - position.sequence);
    const oldest =
      lag === undefined || lag === 0
        ? undefined
        : this.#store.entryAt(this.#store.position.sequence - lag + 1);
    return {
      follower,
      fingerprint: fingerprint(parsePublicKey(follower.publicKey).blob),
      connected,
      position,
      lagEntries: lag,
      lagMs: lag === 0 ? 0 : oldest && Math.max(0, this.#now() - oldest.timeMs),
      unsentBytes: connected ? status.unsentBytes : undefined,
      product: status?.peer?.product,
      lastHeardAt: status?.lastHeardAt,
      verifiedAt: last?.verified?.atMs,
      ...this.#standing(follower, last),
    };
  }

  #standing({ name }: Follower, last: ReturnType<Feeds['last']>): Pick<FollowerStatus, 'state' | 'sentence'> {
    const { status, verified } = last ?? {};
    if (!this.#serves)
      return {
        state: 'elsewhere',
        sentence: `${name} talks to the active node, which knows how far it is.`,
      };
    if (status === undefined)
      return { state: 'unseen', sentence: `${name} has not been here since this node took its role.` };
    if (status.state === 'ended') {
      const why = status.ended?.message ?? 'the link was closed';
      return { state: 'away', sentence: `${name} is away: ${why}` };
    }
    if (status.state === 'snapshot') return { state: 'begins', sentence: `${name} receives a whole copy.` };
    if (status.state === 'greeting')
      return { state: 'begins', sentence: `${name} was reached and is being compared.` };
    if (verified?.verdict.kind === 'different') {
      const words = verdictInWords(verified.verdict, this.#config.name, name);
      return { state: 'different', sentence: words };
    }
    return { state: 'follows', sentence: `${name} follows.` };
  }

  #follow(): void {
    try {
      this.#settings = readFollowerSettings(this.#store);
    } catch (error) {
      this.#log.error({ err: error }, 'the followers cannot be read');
      return;
    }
    this.#feeds.dropUnknown();
    const { followers } = this.#settings ?? { followers: [] };
    this.#keys = this.#keys
      .then(() => setFollowerKeys(paths.stateDirectory, followers))
      .catch((error: unknown) =>
        this.#log.error({ err: error }, 'the keys of the followers could not be written'),
      );
  }
}

function exists(twin: Follower, name: string): TandemError {
  const same = twin.name === name;
  return new TandemError({
    code: 'follower.exists',
    culprit: 'caller',
    message: same
      ? `There is a follower ${name} already. Nothing was changed.`
      : `The follower ${twin.name} has this key already: a copied machine needs a key of its own. Nothing was changed.`,
    hint: same
      ? `See: tandem follower list; to let it in anew: tandem follower remove ${name}`
      : 'On the copied machine: remove /var/lib/tandem/.ssh, then run tandem follower key',
  });
}

function unknown(name: string): TandemError {
  return new TandemError({
    code: 'follower.unknown',
    culprit: 'caller',
    message: `There is no follower ${name}.`,
    hint: 'See: tandem follower list',
  });
}

function tooMany(): TandemError {
  return new TandemError({
    code: 'follower.too-many',
    culprit: 'caller',
    message: `There are ${mostFollowers} followers already. Nothing was changed.`,
    hint: 'Remove one that is no longer needed: tandem follower remove NAME',
  });
}
