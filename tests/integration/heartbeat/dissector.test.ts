import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Network, until } from '../network.ts';
import { dualNetwork, IPV6_VIRTUAL } from './ipv6-network.ts';
import { HeartbeatNode } from './node.ts';

const BOUND_MS = 20_000;
/** Priority 0; in CARP an interval that no standby waits for. */
const FAREWELL = /Priority: 0 \(|Advertisement Skew: 255/;
const signed = {
  authentication: { keys: [{ id: 1, key: `hex:${'01'.repeat(32)}` }], activeKey: 1, mode: 'enforce' },
};

/** Like keepalived, Wireshark 4.0 expects the pseudo-header in the checksum of version 3 over IPv4. */
const dialects: readonly {
  readonly name: string;
  readonly config: object;
  readonly protocol: 'vrrp' | 'carp';
  readonly carrier: 'ip' | 'ipv6';
  /** Over IPv4 the checksum ends before the trailer; Wireshark does not know trailers and counts them in. */
  readonly trailerOutside?: true;
}[] = [
  { name: 'VRRPv3 over IPv4', config: { checksum: 'pseudo-header' }, protocol: 'vrrp', carrier: 'ip' },
  {
    name: 'VRRPv3 over IPv4, signed',
    config: { checksum: 'pseudo-header', ...signed },
    protocol: 'vrrp',
    carrier: 'ip',
    trailerOutside: true,
  },
  { name: 'VRRPv3 over IPv6', config: { virtualAddresses: IPV6_VIRTUAL }, protocol: 'vrrp', carrier: 'ipv6' },
  {
    name: 'VRRPv3 over IPv6, signed',
    config: { virtualAddresses: IPV6_VIRTUAL, ...signed },
    protocol: 'vrrp',
    carrier: 'ipv6',
  },
  {
    name: 'VRRPv2',
    config: { protocol: 'vrrp2', advertisementIntervalMs: 1000 },
    protocol: 'vrrp',
    carrier: 'ip',
  },
  {
    name: 'CARP',
    config: {
      protocol: 'carp',
      priority: undefined,
      advertisementIntervalMs: undefined,
      carp: { password: 'dissected', deadRatio: 2 },
    },
    protocol: 'carp',
    carrier: 'ip',
  },
];

/** Wireshark's opinion of what we put on the LAN. */
describe('on the wire', { concurrency: 4 }, () => {
  for (const { name, config, protocol, carrier, trailerOutside = false } of dialects) {
    it(`${name} passes tshark without a complaint, the farewell too`, async () => {
      await using lan = await dualNetwork({ 'node-a': 1, watcher: 66 });
      const capture = await tshark(
        lan,
        '-V',
        '-d',
        `ip.proto==112,${protocol}`,
        '-f',
        'proto 112 or ip6 proto 112',
      );
      const node = new HeartbeatNode(lan, 'node-a', { ...config });
      await node.start();
      await node.until('active', BOUND_MS);
      await until(() => frames(capture.text) >= 3, BOUND_MS, 'tshark has seen advertisements');
      await node.stop();
      await until(() => FAREWELL.test(capture.text), BOUND_MS, 'tshark has seen the farewell');
      assert.equal(
        capture.text.split(`Protocols in frame: eth:ethertype:${carrier}:${protocol}]`).length - 1,
        frames(capture.text),
      );
      const remarks = capture.text.match(/\[Expert Info .*|\[?Malformed.*/g) ?? [];
      const unexpected = remarks.filter((remark) => !(trailerOutside && remark.includes('Bad checksum')));
      assert.deepEqual(unexpected, []);
      const good = capture.text.match(/\[Checksum Status: Good\]/g) ?? [];
      assert.equal(good.length, trailerOutside ? 0 : frames(capture.text), capture.text);
    });
  }

  it('advertisements are addressed as the RFC has it, and gratuitous ARP comes in both forms', async () => {
    await using lan = await Network.create({ 'node-a': '10.99.0.1/24', watcher: '10.99.0.66/24' });
    const fields = [
      'frame.protocols',
      'ip.src',
      'ip.dst',
      'ip.ttl',
      'ip.dsfield.dscp',
      'vrrp.virt_rtr_id',
      'vrrp.prio',
      'arp.opcode',
      'arp.src.proto_ipv4',
      'arp.dst.proto_ipv4',
    ].flatMap((field) => ['-e', field]);
    const capture = await tshark(
      lan,
      '-T',
      'fields',
      '-E',
      'separator=|',
      ...fields,
      '-f',
      'ip proto 112 or arp',
    );
    const node = new HeartbeatNode(lan, 'node-a', { checksum: 'pseudo-header' });
    await node.start();
    await node.until('active');
    await until(() => capture.text.split('vrrp').length > 5, BOUND_MS, 'tshark has seen advertisements');
    await node.stop();
    await until(() => capture.text.includes('|51|0|'), BOUND_MS, 'tshark has seen the farewell');

    const lines = capture.text.trim().split('\n');
    const adverts = lines.filter((line) => line.startsWith('eth:ethertype:ip:vrrp'));
    assert.ok(
      adverts.every((line) => /^[^|]*\|10\.99\.0\.1\|224\.0\.0\.18\|255\|48\|51\|(100|0)\|\|\|$/.test(line)),
      adverts.join('\n'),
    );
    const arp = lines.filter(
      (line) => line.startsWith('eth:ethertype:arp') && line.includes('|10.99.0.100|10.99.0.100'),
    );
    // In pairs, request and reply form; the first at once, the others later.
    const operations = arp.map((line) => /\|([12])\|10\.99\.0\.100/.exec(line)?.[1]);
    assert.ok(operations.length >= 2);
    assert.ok(
      operations.every((operation, index) => operation === ['1', '2'][index % 2]),
      arp.join('\n'),
    );
  });
});

/** What tshark prints of the LAN from now on. */
async function tshark(lan: Network, ...options: readonly string[]): Promise<{ readonly text: string }> {
  if (!existsSync('/usr/bin/tshark')) throw new Error('tshark is not installed: apt-get install tshark');
  const child = lan.host('watcher').start('tshark', '-i', 'eth0', '-l', ...options);
  const seen = { text: '' };
  let notes = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    seen.text += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    notes += chunk.toString();
  });
  await until(() => notes.includes("Capturing on 'eth0'"), BOUND_MS, 'tshark captures');
  return seen;
}

function frames(text: string): number {
  return text.match(/^Frame \d+:/gm)?.length ?? 0;
}
