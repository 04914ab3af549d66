import { chmod, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import type { ScopeName } from '../../core/replication/scope.ts';
import { scopes } from '../../core/replication/scope.ts';
import type { Verdict } from '../../core/replication/verdict.ts';
import type { Store } from '../../store/store.ts';
import type { Log } from '../log.ts';
import type { Self } from '../self.ts';
import type { Verification } from '../verification/verification.ts';
import { Feed, type FeedStatus } from './feed.ts';

/** A follower as the active knows it. */
interface KnownFollower {
  readonly id: string;
  readonly name: string;
  readonly scope: ScopeName;
}

interface FeedsOptions {
  readonly store: Store;
  readonly socketPath: string;
  /** Read at each connection, so that one who was removed a moment ago is not let in. */
  readonly known: () => { readonly self: Self; readonly followers: readonly KnownFollower[] } | undefined;
  readonly verification: Verification;
  readonly log: Log;
  readonly wallMs: () => number;
}

export interface LastFeed {
  readonly status: FeedStatus;
  readonly verified: { readonly atMs: number; readonly verdict: Verdict } | undefined;
}

const longestPreface = 200;
const prefaceMs = 5_000;
const verifyEveryMs = 600_000;
const verifyFirstMs = 5_000;

/**
 * Feeds the followers while this node is active. They come through sshd and the bridge, which says who each is: their keys are
 * bound to that.
 */
export class Feeds {
  readonly #options: FeedsOptions;
  readonly #feeds = new Map<string, { feed: Feed; ended: Promise<unknown> }>();
  readonly #last = new Map<string, LastFeed>();
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  constructor(options: FeedsOptions) {
    this.#options = options;
  }

  /** What is known of a follower since this node became active; undefined when it has not been here. */
  last(id: string): LastFeed | undefined {
    const running = this.#feeds.get(id);
    const last = this.#last.get(id);
    if (running === undefined) return last;
    return { status: running.feed.status, verified: last?.verified };
  }

  async start(): Promise<void> {
    if (this.#server !== undefined) return;
    const server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      socket.on('error', () => {});
      void this.#greet(socket);
    });
    this.#server = server;
    await rm(this.#options.socketPath, { force: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#options.socketPath, resolve);
    });
    await chmod(this.#options.socketPath, 0o660);
  }

  stop(): void {
    this.#server?.close();
    this.#server = undefined;
    for (const { feed } of this.#feeds.values()) feed.stop();
    for (const socket of this.#sockets) socket.destroy();
    this.#last.clear();
  }

  /** Ends the connections of those that are known no more, at once. */
  dropUnknown(): void {
    const ids = new Set(this.#options.known()?.followers.map(({ id }) => id));
    for (const [id, { feed }] of this.#feeds) if (!ids.has(id)) feed.stop();
    for (const id of this.#last.keys()) if (!ids.has(id)) this.#last.delete(id);
  }

  async #greet(socket: Socket): Promise<void> {
    const id = await readPreface(socket);
    // The newest counts: the other end of an older one may be long gone.
    for (let before = this.#feeds.get(id ?? ''); before !== undefined; before = this.#feeds.get(id ?? '')) {
      before.feed.stop();
      await before.ended;
    }
    const known = this.#options.known();
    const follower = known?.followers.find((one) => one.id === id);
    if (known === undefined || follower === undefined || this.#server === undefined) {
      socket.destroy();
      return;
    }
    const { store, log } = this.#options;
    const feed = new Feed({
      store,
      log,
      self: known.self,
      scope: scopes[follower.scope],
      followerName: follower.name,
      stream: socket,
    });
    const ended = feed.run().then((error) => {
      log.info({ follower: follower.name, code: error.code }, `link to a follower: ${error.message}`);
      this.#last.set(follower.id, { status: feed.status, verified: this.#last.get(follower.id)?.verified });
      if (this.#feeds.get(follower.id)?.feed === feed) this.#feeds.delete(follower.id);
    });
    this.#feeds.set(follower.id, { feed, ended });
    void this.#verifyNowAndThen(follower, feed, ended);
  }

  async #verifyNowAndThen(follower: KnownFollower, feed: Feed, ended: Promise<unknown>): Promise<void> {
    for (let waitMs = verifyFirstMs; ; waitMs = verifyEveryMs) {
      const over = await Promise.race([ended.then(() => true), later(waitMs).then(() => false)]);
      if (over || feed.status.state === 'ended') return;
      await this.verify(follower.id).catch((error: unknown) => {
        this.#options.log.warn({ err: error, follower: follower.name }, 'a follower could not be compared');
      });
    }
  }

  /** Compares one follower with what it should have. Undefined while it is not here. */
  async verify(id: string): Promise<Verdict | undefined> {
    const follower = this.#options.known()?.followers.find((one) => one.id === id);
    const feed = this.#feeds.get(id)?.feed;
    if (follower === undefined || feed === undefined || feed.status.state !== 'tail') return undefined;
    const verdict = await this.#options.verification.compareFollower(
      {
        name: follower.name,
        surveyAt: (head, timeoutMs) => feed.surveyAt(head, timeoutMs),
        tellVerdict: (head, told) => feed.tellVerdict(head, told),
      },
      scopes[follower.scope],
    );
    this.#last.set(id, { status: feed.status, verified: { atMs: this.#options.wallMs(), verdict } });
    return verdict;
  }
}

function later(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}

/** The line that the bridge says first; what comes behind it stays in the stream. */
async function readPreface(socket: Socket): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const timer = setTimeout(() => resolve(undefined), prefaceMs);
  let text = Buffer.alloc(0);
  const onReadable = (): void => {
    for (let chunk: unknown = socket.read(); chunk instanceof Uint8Array; chunk = socket.read()) {
      text = Buffer.concat([text, chunk]);
      const end = text.indexOf(0x0a);
      if (end >= 0) {
        if (text.length > end + 1) socket.unshift(text.subarray(end + 1));
        resolve(text.toString('utf8', 0, end));
        return;
      }
      if (text.length > longestPreface) resolve(undefined);
    }
  };
  socket.on('readable', onReadable);
  socket.once('close', () => resolve(undefined));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    socket.off('readable', onReadable);
  }
}
