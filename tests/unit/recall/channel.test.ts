import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestSchema } from '../../../src/privileged/channel.ts';

const packet = Buffer.concat([Buffer.from([0x40]), Buffer.alloc(59, 7)]);

function accepts(recall: object): boolean {
  const good = { name: 'udp', address: '203.0.113.11', port: 40_000, packet: packet.toString('base64') };
  return requestSchema.safeParse({ id: 1, body: { ask: 'recall.send', recall: { ...good, ...recall } } })
    .success;
}

test('the supervisor sends a reset of one size to one other host, and nothing else', () => {
  assert.ok(accepts({}));
  const other = (first: number, length = 60): string =>
    Buffer.concat([Buffer.from([first]), Buffer.alloc(length - 1, 0xff)]).toString('base64');
  for (const first of [0x00, 0x38, 0x41, 0x48, 0x50, 0x80, 0xc0]) {
    assert.ok(!accepts({ packet: other(first) }), `opcode byte ${first}`);
  }
  for (const length of [1, 57, 63, 1400]) assert.ok(!accepts({ packet: other(0x40, length) }), `${length}`);
  for (const address of ['224.0.0.18', '255.255.255.255', '127.0.0.1', '0.0.0.0', 'example.com']) {
    assert.ok(!accepts({ address }), address);
  }
  for (const port of [0, -1, 65_536, '1194']) assert.ok(!accepts({ port }), `port ${port}`);
  assert.ok(!accepts({ name: '../udp' }));
  assert.ok(!accepts({ source: '10.99.0.1' }), 'no source of the asker’s choice');
});
