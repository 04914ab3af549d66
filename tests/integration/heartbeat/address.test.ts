import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Network, until } from '../network.ts';
import { assertOneOwner, HeartbeatNode, VIRTUAL } from './node.ts';
import { plugNewCard } from './wires.ts';

const BOUND_MS = 15_000;
const hosts = { 'node-a': '10.99.0.1/24', 'node-b': '10.99.0.2/24', stranger: '10.99.0.66/24' };

describe('the address while it is held', { concurrency: 2 }, () => {
  it('who else answers for it is named by MAC, and it is announced again', async () => {
    await using lan = await Network.create(hosts);
    const node = new HeartbeatNode(lan, 'node-a');
    await node.start();
    await node.until('active', BOUND_MS);
    const stranger = lan.host('stranger');
    await stranger.run('ip', 'address', 'add', '10.99.0.100/32', 'dev', 'eth0');
    const mac = (await stranger.run('cat', '/sys/class/net/eth0/address')).trim();
    await until(
      async () => (await node.status()).conflicts[0]?.mac === mac,
      BOUND_MS,
      'the other owner is known by its MAC',
    );
    const { state, sentence } = await node.status();
    assert.equal(state, 'active');
    assert.match(sentence, new RegExp(`${mac} also answers for 10\\.99\\.0\\.100`));
    await until(() => node.log.includes(`duplicate-address ${mac}`), BOUND_MS, 'it is in the log');
  });

  it('a card that is taken out and another put in: fault meanwhile, then it serves again', async () => {
    await using lan = await Network.create(hosts);
    const node = new HeartbeatNode(lan, 'node-a', { paths: [{ multicast: true }, { unicast: '10.99.0.2' }] });
    const child = await node.start();
    await node.until('active', BOUND_MS);
    await plugNewCard(node.host);
    await node.until('fault', BOUND_MS);
    assert.equal(child.exitCode, null);
    await node.host.run('ip', 'address', 'add', '10.99.0.1/24', 'dev', 'eth0');
    await node.until('active', BOUND_MS);
    await assertOneOwner(node.host, lan.host('stranger'));
    assert.deepEqual(
      (await node.status()).paths.map(({ open }) => open),
      [true, true],
    );
    const other = new HeartbeatNode(lan, 'node-b', { priority: 90, paths: [{ unicast: '10.99.0.1' }] });
    await other.start();
    await until(async () => (await other.status()).peers.length > 0, BOUND_MS, 'it is heard again');
  });

  it('another VHID is taken without a gap', async () => {
    await using lan = await Network.create(hosts);
    const node = new HeartbeatNode(lan, 'node-a');
    const child = await node.start();
    await node.until('active', BOUND_MS);
    node.configure({ vhid: 52 });
    child.kill('SIGHUP');
    await until(async () => (await node.status()).vhid === 52, BOUND_MS, 'the VHID is another one');
    await assertOneOwner(node.host, lan.host('node-b'));
    const { state, transitions } = await node.status();
    assert.deepEqual([state, transitions.length], ['active', 2]);
  });

  it('several addresses are held together and given up together', async () => {
    await using lan = await Network.create(hosts);
    const virtualAddresses = [VIRTUAL, '10.99.0.101/24', '10.99.0.102/24'];
    const node = new HeartbeatNode(lan, 'node-a', { virtualAddresses });
    await node.start();
    await node.until('active', BOUND_MS);
    for (const address of virtualAddresses) assert.ok(await node.host.holds(address), `it holds ${address}`);
    await node.stop();
    assert.deepEqual(
      (await node.host.addresses()).filter((address) => virtualAddresses.includes(address)),
      [],
    );
  });
});
