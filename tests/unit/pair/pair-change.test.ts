import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Duplex, duplexPair } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Form } from '../../../src/core/reconfiguration/change.ts';
import { sharedPart } from '../../../src/pair/change/heartbeat-form.ts';
import { PairChanges } from '../../../src/pair/change/pair-change.ts';
import type { PairFormParts } from '../../../src/pair/change/pair-form.ts';
import type { HeartbeatRequest } from '../../../src/privileged/channel.ts';
import { Receiver } from '../../../src/replication/receiver/receiver.ts';
import { Sender } from '../../../src/replication/sender/sender.ts';
import {
  newHeartbeatKeys,
  readHeartbeatKeys,
  writeHeartbeatKeys,
} from '../../../src/settings/heartbeat-keys.ts';
import { type PairSettings, pairSettingName } from '../../../src/settings/pair.ts';
import { readPairSettings } from '../../../src/settings/read.ts';
import { Store } from '../../../src/store/store.ts';
import { linkOf, quiet } from '../replication/pair.ts';
import { admin, afterwards, directory } from '../store/workspace.ts';

/** Nobody is silent here but who died, and then the link ends. */
const silenceMs = 20_000;

/** What a heartbeat that was given this would be on the wire. */
type Wire = string;

/** A heartbeat as the server sees it: one form, or two while a change is under way. */
class Heartbeat {
  base: Wire = 'none';
  change: { phase: 'prepared' | 'committed'; after: Wire } | undefined;
  readonly #step: (name: string) => void;

  constructor(step: (name: string) => void) {
    this.#step = step;
  }

  get heard(): readonly Wire[] {
    return this.change === undefined ? [this.base] : [this.base, this.change.after];
  }

  readonly asPrivileged: PairFormParts['privileged'] = {
    runHeartbeat: async (request: HeartbeatRequest) => {
      this.#step('run');
      if (this.change === undefined) this.base = JSON.stringify(sharedPart(request));
    },
  };

  readonly asClient: PairFormParts['heartbeat'] = {
    start: () => {},
    status: async () => ({
      ...{ state: 'standby', since: '', sentence: '', peers: [], virtualAddresses: [], warnings: [] },
      change: this.change === undefined ? null : { phase: this.change.phase },
    }),
    change: async (step) => {
      this.#step(step.command);
      if (step.command === 'prepare') {
        assert.equal(this.change, undefined, 'one change at a time');
        this.change = { phase: 'prepared', after: JSON.stringify(step.change) };
      } else if (step.command === 'commit' && this.change !== undefined) {
        this.change = { ...this.change, phase: 'committed' };
        if (step.keepOldMs === 0) this.#finish('new');
      } else this.#finish('old');
    },
  };

  #finish(form: Form): void {
    if (form === 'new' && this.change !== undefined) this.base = this.change.after;
    this.change = undefined;
  }
}

/** One machine: what is on its disk stays, the rest is made anew at each start. */
class Machine {
  readonly name: 'node-a' | 'node-b';
  readonly #folder: string;
  readonly #files: PairFormParts['files'];
  other!: Machine;
  role: 'active' | 'standby' = 'standby';
  store!: Store;
  heartbeat!: Heartbeat;
  changes!: PairChanges;
  #receiver!: Receiver;
  #sender: Sender | undefined;
  #streams: Duplex[] = [];
  readonly #lives: { readonly store: Store; readonly changes: PairChanges }[] = [];
  #following: Promise<void> = Promise.resolve();
  #left = Number.POSITIVE_INFINITY;
  isUp = false;
  died: (() => void) | undefined;

  constructor(context: TestContext, name: 'node-a' | 'node-b') {
    this.name = name;
    this.#folder = directory(context);
    this.#files = {
      pairChange: join(this.#folder, 'pair-change.json'),
      heartbeatKeys: join(this.#folder, 'heartbeat-keys.json'),
    };
    afterwards(context, async () => {
      this.die();
      // What was under way in a machine that died runs into the void, and may still begin to look.
      await pause(100);
      for (const { store, changes } of this.#lives) {
        changes.form.stop();
        store.close();
      }
    });
  }

  get noted(): boolean {
    return existsSync(this.#files.pairChange);
  }

  get keys(): ReturnType<typeof readHeartbeatKeys> {
    return readHeartbeatKeys(this.#files.heartbeatKeys);
  }

  giveKeys(keys: ReturnType<typeof newHeartbeatKeys>): void {
    writeHeartbeatKeys(this.#files.heartbeatKeys, keys);
  }

  get isProtected(): boolean {
    return this.#sender?.isProtected ?? false;
  }

  /** From now on the step of this number is the last thing that this machine does. */
  dieAt(step: number): void {
    this.#left = step;
  }

  #step(): void {
    if (!this.isUp) throw new Error('this machine is off');
    this.#left -= 1;
    if (this.#left > 0) return;
    this.die();
    this.died?.();
    throw new Error('the power is gone');
  }

  start(pair: PairSettings | undefined, role: 'active' | 'standby'): void {
    this.role = role;
    this.isUp = true;
    this.#left = Number.POSITIVE_INFINITY;
    this.store = Store.open({ path: join(this.#folder, 'store.db'), nodeId: this.name, now: Date.now });
    const { store } = this;
    const self = { nodeId: this.name, nodeName: this.name, pairId: 'pair-1', product: '0.1.0' };
    if (role === 'active') store.openEpoch({ name: this.name, via: 'takeover' });
    if (pair !== undefined) store.write(admin, ({ settings }) => settings.set(pairSettingName, pair));
    this.heartbeat = new Heartbeat(() => this.#step());
    this.#receiver = new Receiver({
      store,
      self,
      role: () => this.role,
      socketPath: undefined,
      quarantineDirectory: join(this.#folder, 'quarantine'),
      log: quiet,
      silenceMs,
      onQuestion: async (ask, body) => {
        this.#step();
        const answer = await this.changes.answer(ask, body);
        this.#step();
        return answer;
      },
    });
    void this.#receiver.open();
    this.changes = new PairChanges({
      privileged: this.heartbeat.asPrivileged,
      heartbeat: this.heartbeat.asClient,
      files: this.#files,
      serves: () => this.role === 'active',
      config: { nodeId: idOf(this.name), name: this.name, address: '10.0.0.1', prefixLength: 24 } as never,
      store,
      write: async (actor, change) => {
        this.#step();
        const { result, entry } = store.write(actor, change);
        const position = entry?.position ?? store.position;
        const isAcknowledged = (await this.#sender?.acknowledged(position, 2_000)) ?? false;
        this.#step();
        return { result, protected: isAcknowledged };
      },
      refuseUnlessActive: () => assert.equal(this.role, 'active'),
      link: () => ({
        ask: async (ask, body, timeoutMs) => {
          this.#step();
          const answer = await (this.#sender?.ask(ask, body, timeoutMs) ?? Promise.reject(new Error('off')));
          this.#step();
          return answer;
        },
        status: { protected: this.isProtected, connected: this.isProtected, sentence: '' },
      }),
      followed: () => this.#following,
      clients: () => 0,
      log: { ...quiet, error: () => {} } as never,
    });
    this.#lives.push({ store, changes: this.changes });
    store.onChange(({ cause, tables }) => {
      if (cause === 'replace' || tables.includes('setting')) this.#follow();
    });
    this.#follow();
    if (role === 'active') this.#send();
  }

  /** The other one is gone: this one serves. */
  promote(): void {
    this.role = 'active';
    void this.#receiver.close();
    this.store.openEpoch({ name: this.name, via: 'takeover' });
    this.#send();
  }

  die(): void {
    if (!this.isUp) return;
    this.isUp = false;
    this.changes.form.stop();
    this.#sender?.stop();
    this.#sender = undefined;
    void this.#receiver.close();
    for (const stream of this.#streams) stream.destroy();
  }

  #follow(): void {
    this.#following = this.#following
      .catch(() => undefined)
      .then(() => (this.isUp ? this.changes.form.follow() : undefined));
  }

  #send(): void {
    this.#sender = new Sender({
      store: this.store,
      self: { nodeId: this.name, nodeName: this.name, pairId: 'pair-1', product: '0.1.0' },
      peerName: this.other.name,
      log: quiet,
      pingMs: 200,
      silenceMs,
      connect: async () => {
        if (!this.other.isUp) throw new Error('the other machine is off');
        const [near, far] = duplexPair();
        this.#streams.push(near);
        this.other.#streams.push(far);
        void this.other.#receiver.accept(far);
        return linkOf(near);
      },
    });
    let was = false;
    this.#sender.onStatus((status) => {
      if (status.protected && !was) this.changes.agree();
      was = status.protected;
    });
    this.#sender.start();
  }
}

const idOf = (name: string): string =>
  name === 'node-a' ? '00000000-0000-4000-8000-00000000000a' : '00000000-0000-4000-8000-00000000000b';

function pairOf(): PairSettings {
  const node = (name: string, address: string, priority: number) => ({
    ...{ nodeId: idOf(name), name, address, interface: 'eth0', priority },
    ssh: { port: 22, hostKey: 'ssh-ed25519 AAAA' },
  });
  return {
    ...{ pairId: '00000000-0000-4000-8000-000000000001', virtualAddress: '10.0.0.100/24', vhid: 51 },
    ...{ advertisementIntervalMs: 1_000, leaseSeconds: 2, heartbeatKey: 1 },
    nodes: [node('node-a', '10.0.0.1', 110), node('node-b', '10.0.0.2', 100)],
  };
}

async function until(what: string, condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await pause(5);
  }
}

async function protectedPair(context: TestContext): Promise<{ a: Machine; b: Machine }> {
  const [a, b] = [new Machine(context, 'node-a'), new Machine(context, 'node-b')];
  [a.other, b.other] = [b, a];
  const keys = newHeartbeatKeys();
  for (const one of [a, b]) one.giveKeys(keys);
  b.start(undefined, 'standby');
  a.start(pairOf(), 'active');
  await until('a protected pair', () => a.isProtected && b.heartbeat.base !== 'none');
  return { a, b };
}

/** Both hold to one form and one key, and to nothing else. */
async function assertOneState(a: Machine, b: Machine, when: string): Promise<void> {
  await until(
    `both to have settled, ${when}`,
    () =>
      !a.noted &&
      !b.noted &&
      a.heartbeat.change === undefined &&
      b.heartbeat.change === undefined &&
      a.heartbeat.base === b.heartbeat.base,
  );
  const [one, other] = [readPairSettings(a.store), readPairSettings(b.store)];
  assert.deepEqual(one, other, when);
  assert.deepEqual(a.keys, b.keys, when);
  assert.equal(a.keys?.activeKey, one?.heartbeatKey ?? 1, when);
  assert.ok(a.heartbeat.base.includes(`"vhid":${one?.vhid}`), when);
}

const kinds = {
  'another VHID': async ({ changes }: Machine): Promise<void> => {
    changes.start(admin, { vhid: 61 });
    await until('its end', () => changes.view.state !== 'running');
  },
  'another key': async ({ changes }: Machine): Promise<void> => {
    await changes.rotateKey(admin);
  },
} as const;

/** One of the two dies at its step of that number; false when the change was over before. */
async function runWithDeath(
  context: TestContext,
  kind: keyof typeof kinds,
  victim: 'active' | 'standby',
  step: number,
): Promise<boolean> {
  const when = `${kind}, the ${victim} node dying at its step ${step}`;
  const { a, b } = await protectedPair(context);
  const dying = victim === 'active' ? a : b;
  dying.dieAt(step);
  const changing = kinds[kind](a).catch(() => undefined);
  const { promise, resolve } = Promise.withResolvers<void>();
  dying.died = resolve;
  await Promise.race([changing, promise]);
  if (dying.isUp) {
    dying.dieAt(Number.POSITIVE_INFINITY);
    await assertOneState(a, b, `${kind} without a death`);
    return false;
  }
  // Whoever is left never stands on a form that nobody who comes back would hear.
  if (victim === 'active') b.promote();
  else await changing;
  dying.start(undefined, 'standby');
  await until(`protection, ${when}`, () => (victim === 'active' ? b : a).isProtected);
  await assertOneState(a, b, when);
  for (const one of [a, b]) one.die();
  return true;
}

/** So many pairs at once: most of a run is waiting. */
const atOnce = 5;

for (const kind of Object.keys(kinds) as (keyof typeof kinds)[])
  for (const victim of ['active', 'standby'] as const)
    test(`${kind}: the ${victim} node dies at each step, and both come to one state`, async (context) => {
      const struck: boolean[] = [];
      while (struck.at(-1) !== false) {
        const steps = Array.from({ length: atOnce }, (_, index) => struck.length + index + 1);
        struck.push(...(await Promise.all(steps.map((step) => runWithDeath(context, kind, victim, step)))));
      }
      const last = struck.lastIndexOf(true);
      context.diagnostic(`${last + 1} steps`);
      assert.ok(last >= 3, `${last + 1} steps were struck`);
      assert.deepEqual(struck.slice(0, last + 1), Array(last + 1).fill(true));
    });
