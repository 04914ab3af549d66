import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { duplexPair } from 'node:stream';
import { type TestContext, test } from 'node:test';
import type { TakeoverPolicy } from '../../../src/core/election/sync.ts';
import type { Greeting } from '../../../src/core/replication/greeting.ts';
import type { Head } from '../../../src/core/replication/position.ts';
import { hasNewestCopy } from '../../../src/core/replication/roll-call.ts';
import type { HeartbeatStatus } from '../../../src/pair/heartbeat-client.ts';
import { SyncWatch } from '../../../src/pair/succession/sync-watch.ts';
import { greetingOf } from '../../../src/replication/self.ts';
import { callPeer } from '../../../src/replication/sender/call.ts';
import { linkOf, selfOf, side } from '../replication/pair.ts';
import { directory } from '../store/workspace.ts';

const standby: HeartbeatStatus = {
  state: 'standby',
  since: '',
  sentence: '',
  peers: [],
  virtualAddresses: [],
  warnings: [],
  standing: 'follow',
  effectivePriority: { reasons: ['why'] },
};

interface Machine {
  readonly watch: SyncWatch;
  /** What its heartbeat was told, in order. */
  readonly told: boolean[];
  readonly markPath: string;
  role: 'active' | 'standby';
  protected: boolean;
  heartbeat: HeartbeatStatus;
  other: Machine | undefined;
  greeting: Pick<Greeting, 'role' | 'head'> | undefined;
}

const clock = { ms: 0 };

function machine(context: TestContext, policy: TakeoverPolicy, isFirst = true): Machine {
  const markPath = join(directory(context), 'newest-copy');
  const head = (sequence: number): Head => ({ position: { epoch: 1, sequence }, hash: 'a'.repeat(64) });
  const told: boolean[] = [];
  const watch = new SyncWatch({
    role: () => self.role,
    policy: () => policy,
    isFirst: () => isFirst,
    head: () => head(10),
    link: () => ({
      isProtected: self.protected,
      isToServe: false,
      ask: async (_ask, body) => self.other?.watch.answer(body) ?? Promise.reject(new Error('nobody')),
      callPeer: async () => self.greeting as Greeting,
    }),
    heartbeat: { status: async () => self.heartbeat, copyInSync: (inSync) => told.push(inSync) },
    markPath,
    log: { warn: () => {}, error: () => {} },
    now: () => clock.ms,
  });
  const self: Machine = {
    ...{ watch, told, markPath, role: 'standby', protected: false, heartbeat: standby },
    ...{ other: undefined, greeting: undefined },
  };
  return self;
}

async function look(one: Machine, times = 1): Promise<void> {
  for (let count = 0; count < times; count += 1) {
    clock.ms += 1_000;
    await one.watch.look();
  }
}

test('the active node tells the standby whether it has everything, and hears whether it would take over', async (context) => {
  const [active, other] = [machine(context, 'in-sync'), machine(context, 'in-sync')];
  Object.assign(active, { role: 'active', protected: true, other });
  Object.assign(other, { heartbeat: { ...standby, standing: 'serve' } });
  await look(active);
  assert.deepEqual([other.told, active.watch.readiness], [[true], { ready: true, why: '' }]);
  active.protected = false;
  other.heartbeat = {
    ...standby,
    standing: 'last',
    effectivePriority: { reasons: ['it is in maintenance'] },
  };
  await look(active);
  assert.equal(other.told.at(-1), false);
  assert.deepEqual(active.watch.readiness, {
    ready: false,
    why: 'it would serve only as a last resort: it is in maintenance',
  });
  active.other = undefined;
  await look(active, 5);
  assert.equal(active.watch.readiness, undefined, 'what was said some seconds ago is not known any more');
});

test('who serves alone for long has the newest copy, also after a restart; and not before it tells another one that it has everything', async (context) => {
  const active = machine(context, 'in-sync');
  Object.assign(active, { role: 'active' });
  await look(active, 5);
  assert.equal(existsSync(active.markPath), false, 'the other one may still count on our last word');
  await look(active, 3);
  assert.equal(existsSync(active.markPath), true);
  active.role = 'standby';
  await look(active);
  assert.equal(active.told.at(-1), true);
  Object.assign(active, { role: 'active', protected: true });
  await look(active);
  assert.equal(existsSync(active.markPath), false);
});

test('nobody serves and both may lack changes: the one with the newer copy may, and the other one may not', async (context) => {
  const waiting = machine(context, 'in-sync');
  const head = (sequence: number): Head => ({ position: { epoch: 1, sequence }, hash: 'a'.repeat(64) });
  await look(waiting);
  assert.deepEqual(waiting.told, [], 'the other one does not answer');
  waiting.greeting = { role: 'standby', head: head(11) };
  await look(waiting);
  assert.deepEqual(waiting.told, []);
  waiting.greeting = { role: 'active', head: head(5) };
  await look(waiting);
  assert.deepEqual(waiting.told, [], 'it serves, though it is not heard');
  waiting.greeting = { role: 'standby', head: head(9) };
  await look(waiting);
  assert.deepEqual(waiting.told, [true]);
  const [older, newer] = [head(3), head(4)];
  const other = { ...newer, hash: 'b'.repeat(64) };
  assert.deepEqual([hasNewestCopy(newer, older, false), hasNewestCopy(older, newer, true)], [true, false]);
  assert.deepEqual([hasNewestCopy(newer, newer, true), hasNewestCopy(newer, newer, false)], [true, false]);
  assert.deepEqual([hasNewestCopy(newer, other, true), hasNewestCopy(other, newer, false)], [false, false]);
});

test('a node is asked where it stands without anything changing there', async (context) => {
  const there = await side(context, 'node-b');
  const here = await side(context, 'node-a');
  there.store.readOnly = false;
  there.store.openEpoch({ name: 'node-b', via: 'takeover' });
  const before = there.receiver.status;
  const connect = async () => {
    const [near, far] = duplexPair();
    void there.receiver.accept(far);
    return linkOf(near);
  };
  const own = greetingOf(selfOf(here.store), here.store, 'standby', 'whatever');
  const answer = await callPeer(connect, own, 5_000);
  assert.deepEqual([answer.role, answer.head], ['standby', there.store.head]);
  assert.deepEqual(there.receiver.status, before);
  const stranger = { ...own, pairId: 'another' };
  await assert.rejects(callPeer(connect, stranger, 5_000), { code: 'replication.wrong-pair' });
});
