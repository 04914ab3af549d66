import { join } from 'node:path';
import { type Duplex, duplexPair } from 'node:stream';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { SessionNotice } from '../../../src/core/recall/session-fact.ts';
import { linkError } from '../../../src/replication/errors.ts';
import type { Log } from '../../../src/replication/log.ts';
import { Receiver } from '../../../src/replication/receiver/receiver.ts';
import type { Self } from '../../../src/replication/self.ts';
import type { Link } from '../../../src/replication/sender/link.ts';
import { Sender } from '../../../src/replication/sender/sender.ts';
import { Verification } from '../../../src/replication/verification/verification.ts';
import type { Store } from '../../../src/store/store.ts';
import { afterwards, directory, openStore } from '../store/workspace.ts';

export const quiet: Log = { info: () => {}, warn: () => {} };

export function selfOf(store: Store): Self {
  return { nodeId: store.nodeId, nodeName: store.nodeId, pairId: 'pair-1', product: '0.1.0' };
}

/** Quick enough to test with, slow enough for a busy machine. */
export const timing = { pingMs: 50, silenceMs: 1500, verifyingMs: 10_000 } as const;

export function verificationOf(store: Store, folder: string, follower = false): Verification {
  return new Verification({
    store,
    nodeName: store.nodeId,
    recordsPath: join(folder, 'verification.json'),
    asideDirectory: join(folder, 'bad-copies'),
    follower,
    log: quiet,
    wallMs: () => Date.now(),
  });
}

export interface Side {
  readonly store: Store;
  readonly folder: string;
  readonly receiver: Receiver;
  readonly verification: Verification;
  role: 'active' | 'standby';
}

export async function side(
  context: TestContext,
  nodeId: string,
  onSessions: (notice: SessionNotice) => void = () => {},
): Promise<Side> {
  const folder = directory(context);
  const store = openStore(context, nodeId, folder);
  const made: { side?: Side } = {};
  const verification = verificationOf(store, folder);
  afterwards(context, () => verification.stop());
  const receiver = new Receiver({
    verification,
    store,
    self: selfOf(store),
    role: () => made.side!.role,
    socketPath: join(folder, 'replication.sock'),
    quarantineDirectory: join(folder, 'quarantine'),
    log: quiet,
    silenceMs: timing.silenceMs,
    onSessions,
  });
  afterwards(context, () => receiver.close());
  await receiver.listen();
  made.side = { store, folder, receiver, verification, role: 'standby' };
  return made.side;
}

/** A sender on `from` whose links lead to the receiver of `to`, all in this process. */
export function senderTo(
  context: TestContext,
  from: Store,
  to: Receiver | (() => Receiver | undefined),
  options: { tap?: (stream: Duplex) => Duplex; self?: Partial<Self> } = {},
): Sender {
  const sender = new Sender({
    store: from,
    self: { ...selfOf(from), ...options.self },
    peerName: 'the standby',
    log: quiet,
    ...timing,
    connect: async () => {
      const receiver = typeof to === 'function' ? to() : to;
      if (receiver === undefined) throw linkError('unreachable', 'cut');
      const [near, far] = duplexPair();
      void receiver.accept(far);
      return linkOf(options.tap === undefined ? near : options.tap(near));
    },
  });
  afterwards(context, () => sender.stop());
  return sender;
}

export function linkOf(stream: Duplex): Link {
  return { stream, reason: () => undefined, close: () => stream.destroy() };
}

/** Waits for an observed condition, with a bound that is generous for a busy machine. */
export async function until(what: string, condition: () => boolean, boundMs = 20_000): Promise<void> {
  const deadline = performance.now() + boundMs;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not within ${boundMs} ms: ${what}`);
    await pause(2);
  }
}

export const isProtected = (sender: Sender) => (): boolean => sender.status.protected;
