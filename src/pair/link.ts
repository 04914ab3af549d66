import { join } from 'node:path';
import type { Logger } from 'pino';
import type { TandemError } from '../core/errors.ts';
import type { Greeting } from '../core/replication/greeting.ts';
import type { Position } from '../core/replication/position.ts';
import type { Recall } from '../recall/recall.ts';
import { mostSessionsPerNotice } from '../replication/codec.ts';
import { linkError, newerStandbyCode } from '../replication/errors.ts';
import { Receiver } from '../replication/receiver/receiver.ts';
import { greetingOf } from '../replication/self.ts';
import { callPeer } from '../replication/sender/call.ts';
import type { Connect } from '../replication/sender/link.ts';
import { Sender } from '../replication/sender/sender.ts';
import { connectOverSsh } from '../replication/sender/ssh.ts';
import type { Outcome } from '../replication/verification/records.ts';
import { Verification } from '../replication/verification/verification.ts';
import type { PairNode, PairSettings } from '../settings/pair.ts';
import { paths } from '../settings/paths.ts';
import type { Store } from '../store/store.ts';
import type { Role } from './role.ts';
import type { CopyStatus } from './status.ts';

export interface LinkParts {
  readonly store: Store;
  readonly node: { readonly nodeId: string; readonly name: string };
  readonly productVersion: string;
  readonly role: () => Role;
  /** Tells the standby who is connected, and hears it there. */
  readonly recall: Recall;
  /** The standby holds entries of a later epoch than ours: this node must open one above it before it is listened to. */
  readonly onStale: (peerEpoch: number) => void;
  readonly verification: Verification;
  /** Asked of a standby that presents itself: true where it holds what this node does not know, and is to serve. */
  readonly isNewer: (peer: Greeting) => boolean;
  /** The standby has everything, again. */
  readonly onProtected: () => void;
  /** On a standby: the active asks for something beside the data. */
  readonly onQuestion: (ask: string, body: unknown) => Promise<unknown>;
  readonly log: Logger;
}

/** A copy is compared right after it was made, soon after the link came up, and so often from then on. */
const verifyEveryMs = 600_000;
const verifyFirstMs = 15_000;
const lookMs = 1_000;
/** The other node tries the link again at least so often. */
const toServeMs = 15_000;

/** The replication of one node in one pair: it sends while active and receives while standby, never both. */
export class ReplicationLink {
  readonly #parts: LinkParts;
  readonly #pairId: string;
  readonly #receiver: Receiver;
  #sender: Sender | undefined;
  #verifyAt = performance.now() + verifyFirstMs;
  #verifying: Promise<Outcome> | undefined;
  #looks: NodeJS.Timeout;

  constructor(parts: LinkParts, pairId: string) {
    this.#parts = parts;
    this.#pairId = pairId;
    this.#receiver = new Receiver({
      store: parts.store,
      self: this.#self,
      role: parts.role,
      socketPath: paths.replicationSocket,
      quarantineDirectory: paths.quarantine,
      log: parts.log,
      onSessions: (notice) => parts.recall.heard(notice),
      verification: parts.verification,
      onQuestion: parts.onQuestion,
    });
    this.#looks = setInterval(() => {
      if (performance.now() >= this.#verifyAt) void this.verify();
    }, lookMs);
  }

  async openReceiver(): Promise<void> {
    await this.#receiver.listen();
    if (this.#parts.verification.damaged !== undefined) this.#receiver.reseed();
  }

  /** For good. */
  async close(): Promise<void> {
    clearInterval(this.#looks);
    this.stopSender();
    await this.#receiver.close();
    await this.#parts.verification.stop();
  }

  /**
   * Compares the copies of both nodes where this one is active and the other follows; otherwise looks at the own one alone. One at
   * a time: who asks meanwhile gets the outcome of the one that runs.
   */
  verify(): Promise<Outcome> {
    this.#verifying ??= this.#verify().finally(() => {
      this.#verifying = undefined;
    });
    return this.#verifying;
  }

  #verify(): Promise<Outcome> {
    this.#verifyAt = performance.now() + verifyEveryMs;
    const { verification } = this.#parts;
    const sender = this.#sender;
    if (sender?.status.state !== 'tail') return verification.lookAlone();
    return verification.compareWith({
      name: sender.status.peer?.nodeName ?? 'the standby',
      surveyAt: (head, timeoutMs) => sender.surveyAt(head, timeoutMs),
      tellVerdict: (head, verdict) => sender.tellVerdict(head, verdict),
    });
  }

  /** On a standby: asks the active node for a whole copy. False while none is connected; then it is asked for at the next connection. */
  reseed(): boolean {
    const { state } = this.#receiver.status;
    this.#receiver.reseed();
    return state === 'tail' || state === 'snapshot';
  }

  closeReceiver(): Promise<void> {
    return this.#receiver.close();
  }

  startSender(peer: PairNode): void {
    this.stopSender();
    const sender = new Sender({
      store: this.#parts.store,
      self: this.#self,
      peerName: peer.name,
      isNewer: this.#parts.isNewer,
      connect: connectTo(peer),
      log: this.#parts.log,
    });
    const feed = this.#parts.recall.feedTo((notice) => sender.tellSessions(notice), mostSessionsPerNotice);
    let seeded = false;
    let wasProtected = false;
    sender.onStatus((status) => {
      if (status.protected && !wasProtected) this.#parts.onProtected();
      wasProtected = status.protected;
      if (status.state === 'snapshot') seeded = true;
      if (status.state === 'tail') {
        this.#verifyAt = Math.min(this.#verifyAt, performance.now() + (seeded ? 0 : verifyFirstMs));
        seeded = false;
      }
      if (status.state === 'tail') feed.start();
      else feed.stop();
      if (status.lastError?.code !== 'replication.stale-active' || status.state !== 'waiting') return;
      const epoch = status.peer?.head.position.epoch;
      if (epoch !== undefined && epoch > this.#parts.store.position.epoch) this.#parts.onStale(epoch);
    });
    this.#sender = sender;
    sender.start();
  }

  stopSender(): void {
    this.#sender?.stop();
    this.#sender = undefined;
  }

  /** False at once while nothing is sent. */
  async acknowledged(position: Position, timeoutMs: number): Promise<boolean> {
    return (await this.#sender?.acknowledged(position, timeoutMs)) ?? false;
  }

  /** Asks the standby for something beside the data. @throws TandemError what it refuses with, `replication.link.closed` */
  ask(ask: string, body: unknown, timeoutMs: number): Promise<unknown> {
    return this.#sender?.ask(ask, body, timeoutMs) ?? Promise.reject(nobodyFollows());
  }

  /** Asks the other node for no more than where it stands, where neither serves. @throws TandemError `replication.*` */
  callPeer(peer: PairNode, timeoutMs: number): Promise<Greeting> {
    return callPeer(
      connectTo(peer),
      greetingOf(this.#self, this.#parts.store, 'standby', 'whatever'),
      timeoutMs,
    );
  }

  /** On a standby: the active node said a moment ago that this one has the newer copy and is to serve. */
  get isToServe(): boolean {
    const { lastError } = this.#receiver.status;
    return lastError?.code === newerStandbyCode && Date.now() - lastError.at < toServeMs;
  }

  /** The standby has everything that was acknowledged here. */
  get isProtected(): boolean {
    return this.#sender?.isProtected ?? false;
  }

  /** Up to here the standby has everything for good; 0 while that was never heard. */
  get everywhere(): number {
    return this.#sender?.status.acknowledged?.sequence ?? 0;
  }

  /** The other node's copy as the active one sees it, or the link as the standby sees it. */
  get status(): CopyStatus {
    const sender = this.#sender?.status;
    if (sender !== undefined) {
      return {
        connected: sender.connected,
        position: sender.acknowledged,
        lagEntries: sender.lagEntries,
        lagMs: sender.lagMs,
        unsentBytes: sender.unsentBytes,
        copying: sender.copying,
        protected: sender.protected,
        protectedSince: sender.protectedSince,
        product: sender.peer?.product,
        sentence: sender.sentence,
      };
    }
    const receiver = this.#receiver.status;
    const connected = receiver.state === 'snapshot' || receiver.state === 'tail';
    return {
      connected,
      position: undefined,
      lagEntries: undefined,
      lagMs: undefined,
      unsentBytes: undefined,
      copying: undefined,
      protected: false,
      protectedSince: undefined,
      product: receiver.sender?.product,
      sentence:
        receiver.lastError?.message ?? (connected ? `it is at ${receiver.state}` : 'no sender has connected'),
    };
  }

  get #self(): { nodeId: string; nodeName: string; pairId: string; product: string } {
    const { node, productVersion } = this.#parts;
    return { nodeId: node.nodeId, nodeName: node.name, pairId: this.#pairId, product: productVersion };
  }
}

/** Of this node's own copy, in a pair or alone. */
export function verificationOf(
  store: Store,
  config: { readonly name: string; readonly start: string },
  log: Logger,
  wallMs: () => number,
): Verification {
  return new Verification({
    store,
    nodeName: config.name,
    recordsPath: paths.verification,
    asideDirectory: paths.badCopies,
    follower: config.start === 'follower',
    log,
    wallMs,
  });
}

function connectTo({ address, ssh }: PairNode): Connect {
  return connectOverSsh({
    host: address,
    port: ssh.port,
    privateKeyPath: join(paths.sshDirectory, 'replication_ed25519'),
    hostKey: ssh.hostKey,
  });
}

function nobodyFollows(): TandemError {
  return linkError('closed', 'no node follows this one now');
}

/** The same pair with the same two machines in it, as far as the link is concerned. */
export function sameLink(a: PairSettings, b: PairSettings): boolean {
  const ends = ({ nodes }: PairSettings): string =>
    JSON.stringify(nodes.map(({ nodeId, name, address, ssh }) => [nodeId, name, address, ssh]));
  return a.pairId === b.pairId && ends(a) === ends(b);
}
