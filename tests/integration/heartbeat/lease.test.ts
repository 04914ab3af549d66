import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Network, until } from '../network.ts';
import { AddressWatch } from './address-watch.ts';
import { assertOneOwner, HeartbeatNode, VIRTUAL } from './node.ts';

const BOUND_MS = 15_000;
/** The lease is 1 s, its last renewal at most a quarter of it earlier; the kernel's timer and this machine add some. */
const LEASE_BOUND_MS = 1000 + 1000;

async function pair(lan: Network): Promise<{ active: HeartbeatNode; standby: HeartbeatNode }> {
  const active = new HeartbeatNode(lan, 'node-a', { pair: true });
  await active.start();
  await active.until('active', BOUND_MS);
  const standby = new HeartbeatNode(lan, 'node-b', { pair: true, priority: 90 });
  await standby.start();
  await until(
    async () => (await standby.status()).peers.length > 0,
    BOUND_MS,
    'the standby hears the active',
  );
  return { active, standby };
}

const hosts = { 'node-a': '10.99.0.1/24', 'node-b': '10.99.0.2/24' };

describe('I1 lease: a node whose heartbeat does not run loses the address', () => {
  it('killed (SIGKILL), with its cable in place: exactly one owner afterwards', async () => {
    await using lan = await Network.create(hosts);
    const { active, standby } = await pair(lan);
    const watch = await AddressWatch.start(active.host, VIRTUAL);
    const killedAt = Date.now();
    await active.host.kill(active.child ?? assert.fail());
    const goneAfter = (await watch.next('removed', killedAt, BOUND_MS)) - killedAt;
    assert.ok(goneAfter < LEASE_BOUND_MS, `the address stayed for ${goneAfter} ms`);
    await standby.until('active', BOUND_MS);
    await assertOneOwner(standby.host, active.host);
  });

  it('frozen (SIGSTOP): exactly one owner, also after it wakes up, whatever the priorities', async () => {
    await using lan = await Network.create(hosts);
    const { active, standby } = await pair(lan);
    const watch = await AddressWatch.start(active.host, VIRTUAL);
    const frozenAt = Date.now();
    active.child?.kill('SIGSTOP');
    const goneAfter = (await watch.next('removed', frozenAt, BOUND_MS)) - frozenAt;
    assert.ok(goneAfter < LEASE_BOUND_MS, `the address stayed for ${goneAfter} ms`);
    await standby.until('active', BOUND_MS);
    await assertOneOwner(standby.host, active.host);

    active.child?.kill('SIGCONT');
    await active.until('standby', BOUND_MS);
    await assertOneOwner(standby.host, active.host);
    const { counters, transitions } = await active.status();
    assert.equal(counters['leasesLapsed'], 1);
    assert.equal(transitions[0]?.cause, 'lease-lapsed');
  });

  it('a frozen standby does not take over when it wakes up', async () => {
    await using lan = await Network.create(hosts);
    const { active, standby } = await pair(lan);
    standby.child?.kill('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    standby.child?.kill('SIGCONT');
    await assertOneOwner(active.host, standby.host);
    assert.equal((await standby.status()).counters['becameActive'], 0);
  });

  it('what a killed run left is removed at the next start, before anything else', async () => {
    await using lan = await Network.create(hosts);
    const node = new HeartbeatNode(lan, 'node-a', { leaseSeconds: 600 });
    await node.start();
    await node.until('active', BOUND_MS);
    await node.host.kill(node.child ?? assert.fail());
    assert.ok(await node.host.holds(VIRTUAL));

    node.configure({ startDelayMs: 60_000 });
    await node.start();
    assert.ok(!(await node.host.holds(VIRTUAL)));
    assert.equal((await node.status()).state, 'init');
    assert.equal(await node.stop(), 0);
  });
});
