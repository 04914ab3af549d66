import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type Host, Network, until } from '../network.ts';
import { assertOneOwner, HeartbeatNode, VIRTUAL } from './node.ts';

const BOUND_MS = 15_000;
const hosts = { 'node-a': '10.99.0.1/24', 'node-b': '10.99.0.2/24' };

async function pair(lan: Network, forA: object = {}): Promise<{ a: HeartbeatNode; b: HeartbeatNode }> {
  const a = new HeartbeatNode(lan, 'node-a', { pair: true, ...forA });
  await a.start();
  await a.until('active', BOUND_MS);
  const b = new HeartbeatNode(lan, 'node-b', { pair: true, priority: 90 });
  await b.start();
  await until(async () => (await b.status()).peers.length > 0, BOUND_MS, 'node-b hears node-a');
  return { a, b };
}

async function plug(host: Host): Promise<void> {
  await host.run('ip', 'link', 'add', 'lan0', 'type', 'veth', 'peer', 'name', 'lan1');
  await host.run('ip', 'address', 'add', '10.98.0.1/24', 'dev', 'lan0');
  for (const name of ['lan0', 'lan1']) await host.run('ip', 'link', 'set', name, 'up');
}

describe('what happens to an interface', () => {
  it('a cable that is pulled, and a card that is switched off by hand: the other serves, and back in it is standby', async () => {
    await using lan = await Network.create(hosts);
    const { a, b } = await pair(lan);
    await lan.cut('node-a');
    await a.until('fault', BOUND_MS);
    assert.match((await a.status()).sentence, /Not taking part on eth0: .*(link is down|no link)/);
    await b.until('active', BOUND_MS);
    await lan.mend('node-a');
    await a.until('standby', BOUND_MS);
    await assertOneOwner(b.host, a.host);

    await b.host.run('ip', 'link', 'set', 'eth0', 'down');
    await b.until('fault', BOUND_MS);
    assert.equal(await b.host.holds(VIRTUAL), false);
    await a.until('active', BOUND_MS);
    await b.host.run('ip', 'link', 'set', 'eth0', 'up');
    await b.until('standby', BOUND_MS);
    await assertOneOwner(a.host, b.host);
  });

  it('one that disappears and comes back is used again, under its old name', async () => {
    await using lan = await Network.create({ 'node-a': hosts['node-a'] });
    const host = lan.host('node-a');
    await plug(host);
    const virtualAddresses = ['10.98.0.100/24'];
    const a = new HeartbeatNode(lan, 'node-a', { pair: true, interface: 'lan0', virtualAddresses });
    await a.start();
    await a.until('active', BOUND_MS);
    for (let time = 0; time < 2; time += 1) {
      await host.run('ip', 'link', 'delete', 'lan0');
      await a.until('fault', BOUND_MS);
      assert.equal((await a.status()).virtualAddresses[0]?.held, false);
      await plug(host);
      await a.until('active', BOUND_MS);
      assert.match(await host.run('ip', '-o', 'address', 'show', 'dev', 'lan0'), /10\.98\.0\.100\/24/);
    }
  });

  it('the own address is taken away and comes back', async () => {
    await using lan = await Network.create(hosts);
    const { a, b } = await pair(lan);
    await a.host.run('ip', 'address', 'del', '10.99.0.1/24', 'dev', 'eth0');
    await a.until('fault', BOUND_MS);
    await b.until('active', BOUND_MS);
    await a.host.run('ip', 'address', 'add', '10.99.0.1/24', 'dev', 'eth0');
    await a.until('standby', BOUND_MS);
    await assertOneOwner(b.host, a.host);
  });
});

describe('a node alone that cannot send', () => {
  it('does not serve, says why in one sentence, does not alternate, and serves when it can', async () => {
    await using lan = await Network.create({ 'node-a': hosts['node-a'] });
    const a = new HeartbeatNode(lan, 'node-a', { pair: true });
    await a.start();
    await a.until('active', BOUND_MS);
    const nft = (line: string): Promise<string> => a.host.run('nft', ...line.split(' '));
    await nft('add table ip wall');
    await nft('add chain ip wall out { type filter hook output priority 0 ; }');
    await nft('add rule ip wall out ip protocol 112 drop');
    await a.until('fault', BOUND_MS);
    const { sentence, transitions } = await a.status();
    assert.match(
      sentence,
      /^Not taking part on eth0: nothing that it sends leaves this node: cannot send an advertisement: .*EPERM.*; the firewall of this node must let IP protocol 112 out\./,
    );
    assert.equal(await a.host.holds(VIRTUAL), false);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    assert.equal((await a.status()).transitions.length, transitions.length);
    await nft('delete table ip wall');
    await a.until('active', BOUND_MS);
    assert.ok(await a.host.holds(VIRTUAL));
  });
});

describe('maintenance', () => {
  it('is kept over a stop, a kill and a start, until it is ended', async () => {
    await using lan = await Network.create(hosts);
    const { a, b } = await pair(lan, { stateFile: join(lan.directory, 'node-a-state.json') });
    await a.ask({ command: 'maintenance', on: true });
    await b.until('active', BOUND_MS);
    for (const end of [() => a.stop(), () => a.host.kill(a.child!)]) {
      await end();
      await a.start();
      assert.equal((await a.status()).maintenance, true);
      assert.match((await a.status()).sentence, /only if no other node serves: it is in maintenance/);
    }
    assert.deepEqual(await a.ask({ command: 'maintenance', on: false }), { ok: true });
    await a.stop();
    await a.start();
    assert.equal((await a.status()).maintenance, false);
    await assertOneOwner(b.host, a.host);
  });
});
