import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Network, until } from '../network.ts';
import { HeartbeatNode } from './node.ts';

/** Wireshark's opinion of what we put on the LAN. Like keepalived, version 4.0 expects the pseudo-header in the checksum. */
describe('on the wire', () => {
  it('advertisements and gratuitous ARP pass tshark without a complaint', async () => {
    if (!existsSync('/usr/bin/tshark')) throw new Error('tshark is not installed: apt-get install tshark');
    await using lan = await Network.create({ 'node-a': '10.99.0.1/24', watcher: '10.99.0.66/24' });
    const fields = [
      'frame.protocols',
      'ip.src',
      'ip.dst',
      'ip.ttl',
      'ip.dsfield.dscp',
      'vrrp.virt_rtr_id',
      'vrrp.prio',
      'vrrp.checksum.status',
      'arp.opcode',
      'arp.src.proto_ipv4',
      'arp.dst.proto_ipv4',
      '_ws.expert.message',
    ];
    const tshark = lan
      .host('watcher')
      .start(
        'tshark',
        '-i',
        'eth0',
        '-l',
        '-T',
        'fields',
        '-E',
        'separator=|',
        ...fields.flatMap((field) => ['-e', field]),
        '-f',
        'ip proto 112 or arp',
      );
    let text = '';
    let notes = '';
    tshark.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    tshark.stderr?.on('data', (chunk: Buffer) => {
      notes += chunk.toString();
    });
    await until(() => notes.includes("Capturing on 'eth0'"), 20_000, 'tshark captures');
    const node = new HeartbeatNode(lan, 'node-a', { checksum: 'pseudo-header' });
    await node.start();
    await node.until('active');
    await until(() => text.split('vrrp').length > 5, 20_000, 'tshark has seen advertisements');
    await node.stop();
    await until(() => text.includes('|51|0|'), 20_000, 'tshark has seen the farewell');

    const lines = text.trim().split('\n');
    const adverts = lines.filter((line) => line.startsWith('eth:ethertype:ip:vrrp'));
    assert.ok(
      adverts.every((line) => /^[^|]*\|10\.99\.0\.1\|224\.0\.0\.18\|255\|48\|51\|(100|0)\|1\|/.test(line)),
      adverts.join('\n'),
    );
    // Checksum status 1 is good; an expert message would follow at the end of the line.
    assert.ok(
      adverts.every((line) => /\|1\|\|\|\|$/.test(line)),
      adverts.join('\n'),
    );
    const arp = lines.filter(
      (line) => line.startsWith('eth:ethertype:arp') && line.includes('|10.99.0.100|10.99.0.100|'),
    );
    // In pairs, request and reply form; the first at once, the others later.
    const operations = arp.map((line) => /\|([12])\|10\.99\.0\.100/.exec(line)?.[1]);
    assert.ok(operations.length >= 2);
    assert.ok(
      operations.every((operation, index) => operation === ['1', '2'][index % 2]),
      arp.join('\n'),
    );
  });

  for (const [protocol, config] of [
    ['vrrp', { protocol: 'vrrp2', advertisementIntervalMs: 1000 }],
    [
      'carp',
      {
        protocol: 'carp',
        priority: undefined,
        advertisementIntervalMs: undefined,
        carp: { password: 'dissected', deadRatio: 2 },
      },
    ],
  ] as const) {
    it(`${config.protocol} passes tshark without a complaint`, async () => {
      await using lan = await Network.create({ 'node-a': '10.99.0.1/24', watcher: '10.99.0.66/24' });
      const tshark = lan
        .host('watcher')
        .start('tshark', '-i', 'eth0', '-l', '-V', '-d', `ip.proto==112,${protocol}`, '-f', 'ip proto 112');
      let text = '';
      let notes = '';
      tshark.stdout?.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      tshark.stderr?.on('data', (chunk: Buffer) => {
        notes += chunk.toString();
      });
      await until(() => notes.includes("Capturing on 'eth0'"), 20_000, 'tshark captures');
      const node = new HeartbeatNode(lan, 'node-a', config);
      await node.start();
      await node.until('active', 20_000);
      await until(() => text.split('Frame ').length > 2, 20_000, 'tshark has seen advertisements');
      await node.stop();
      assert.match(text, new RegExp(`Protocols in frame: eth:ethertype:ip:${protocol}`));
      assert.match(text, /\[Checksum Status: Good\]|\[correct\]/i);
      assert.doesNotMatch(text, /Expert Info|Malformed|Bad checksum|incorrect/i);
    });
  }
});
