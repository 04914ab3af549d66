import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { TRAILER_LENGTH } from '../../../src/core/authentication/trailer.ts';
import { fromHex, toHex } from '../../../src/core/bytes/hex.ts';
import { parseAddress } from '../../../src/core/net/address.ts';
import { sealIpv6 } from '../../../src/core/vrrp/codec.ts';
import { Network, until } from '../network.ts';
import { assertOneOwner, HeartbeatNode, type Status } from './node.ts';

const BOUND_MS = 15_000;
const hosts = { 'node-a': '10.99.0.1/24', 'node-b': '10.99.0.2/24' };
const capture = fileURLToPath(new URL('./capture-packet.ts', import.meta.url));
const send = fileURLToPath(new URL('./send-packet.ts', import.meta.url));
const authentication = { keys: [{ id: 1, key: `hex:${'01'.repeat(32)}` }], activeKey: 1, mode: 'enforce' };

function dropped({ counters }: Status, reason: string): number {
  return counters.dropped[reason] ?? 0;
}

async function signedPair(
  lan: Network,
  forA: object,
  forB: object,
): Promise<{ a: HeartbeatNode; b: HeartbeatNode }> {
  const a = new HeartbeatNode(lan, 'node-a', { pair: true, authentication, ...forA });
  await a.start();
  await a.until('active', BOUND_MS);
  const b = new HeartbeatNode(lan, 'node-b', { pair: true, authentication, priority: 90, ...forB });
  await b.start();
  await until(async () => (await b.status()).peers[0]?.paths.length === 2, BOUND_MS, 'both paths are heard');
  return { a, b };
}

/** The next advertisement that `host` hears, as it came. */
async function captured(node: HeartbeatNode, family: 4 | 6): Promise<string> {
  return (await node.host.run(process.execPath, capture, String(family))).trim();
}

async function replay(node: HeartbeatNode, source: string, hex: string, destination: string): Promise<void> {
  await node.host.run(process.execPath, send, source, '255', hex, destination);
}

describe('signed advertisements over several paths', () => {
  it('each path counts as heard, nothing is taken for a replay, and a real one is refused on every path', async () => {
    await using lan = await Network.create(hosts);
    const { a, b } = await signedPair(
      lan,
      { paths: [{ multicast: true }, { unicast: '10.99.0.2' }] },
      { paths: [{ multicast: true }, { unicast: '10.99.0.1' }] },
    );
    await until(async () => (await b.status()).counters['received']! > 20, BOUND_MS, 'twenty are heard');
    const { counters, warnings } = await b.status();
    assert.deepEqual([counters.dropped, warnings], [{}, []]);
    assert.ok(counters['copies']! >= counters['received']! - 2, 'each came by both paths');

    const hex = await captured(b, 4);
    await a.losePower();
    await a.network.mend('node-a');
    for (const destination of ['224.0.0.18', '10.99.0.2'])
      for (let time = 0; time < 5; time += 1) await replay(a, '10.99.0.1', hex, destination);
    await b.until('active', BOUND_MS);
    const status = await b.status();
    const replayed = dropped(status, 'replayed');
    assert.ok(replayed >= 1, JSON.stringify(status.counters));
    // On a slow machine the last of them are too old as well, which is found first.
    assert.ok(replayed + dropped(status, 'stale') >= 5, JSON.stringify(status.counters));
  });

  it('an active node that is started again is heard at once, and nothing of it is taken for a replay', async () => {
    await using lan = await Network.create(hosts);
    const { a, b } = await signedPair(
      lan,
      { paths: [{ multicast: true }, { unicast: '10.99.0.2' }] },
      { paths: [{ multicast: true }, { unicast: '10.99.0.1' }] },
    );
    await a.stop();
    await b.until('active', BOUND_MS);
    await a.start();
    await until(async () => (await a.status()).peers.length > 0, BOUND_MS, 'node-a hears node-b');
    await b.stop();
    await a.until('active', BOUND_MS);
    await b.start();
    await until(async () => (await b.status()).peers.length > 0, BOUND_MS, 'node-b hears node-a again');
    await assertOneOwner(a.host, b.host);
    for (const node of [a, b]) {
      const { replayed = 0, ...others } = (await node.status()).counters.dropped;
      // Where a machine is overloaded the copy on the slower path has come behind the next advertisement.
      assert.ok(replayed <= 1, `${replayed} taken for a replay`);
      assert.deepEqual(others, {});
    }
  });
});

describe('signed advertisements over IPv6', () => {
  const virtualAddresses = ['fe80::200:5eff:fe00:233/64', '2001:db8::100/64'];

  it('are heard by multicast and unicast; forged, unsigned and replayed ones are dropped and counted', async () => {
    await using lan = await Network.create(hosts);
    const linkLocal = { 'node-a': '', 'node-b': '' };
    for (const name of ['node-a', 'node-b'] as const)
      await until(
        async () => {
          const shown = await lan.host(name).run('ip', '-6', '-o', 'address', 'show', 'dev', 'eth0');
          linkLocal[name] = /(fe80:[^/]+)\/64 scope link(?! tentative)/.exec(shown)?.[1] ?? '';
          return linkLocal[name] !== '';
        },
        BOUND_MS,
        `${name} has a link-local address`,
      );
    const { a, b } = await signedPair(
      lan,
      { virtualAddresses, paths: [{ multicast: true }, { unicast: linkLocal['node-b'] }] },
      { virtualAddresses, paths: [{ multicast: true }, { unicast: linkLocal['node-a'] }] },
    );
    await until(async () => (await b.status()).counters['copies']! > 5, BOUND_MS, 'by both paths');
    assert.deepEqual((await b.status()).counters.dropped, {});
    const hex = await captured(b, 6);
    await replay(a, linkLocal['node-a'], hex, 'ff02::12');
    await until(async () => dropped(await b.status(), 'replayed') > 0, BOUND_MS, 'the replay is counted');
    const way = { source: parseAddress(linkLocal['node-a'])!, destination: parseAddress('ff02::12')! };
    const packet = fromHex(hex)!;
    const unsigned = packet.slice(0, -TRAILER_LENGTH);
    const louder = packet.map((byte, index) => (index === 2 ? 254 : byte));
    for (const [forged, reason] of [
      [unsigned, 'authentication-missing'],
      [louder, 'wrong-key'],
    ] as const) {
      await replay(a, linkLocal['node-a'], toHex(sealIpv6(forged, way)), 'ff02::12');
      await until(async () => dropped(await b.status(), reason) > 0, BOUND_MS, `${reason} is counted`);
    }
    assert.equal((await b.status()).state, 'standby');
    await a.stop();
    await b.until('active', BOUND_MS);
    assert.equal(await b.host.holds(virtualAddresses[1]!), true);
  });
});
