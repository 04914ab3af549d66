import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chooseLines, readLogLine } from '../../../src/pair/log/log-line.ts';
import { NodeLog } from '../../../src/pair/log/node-log.ts';

const everything = { least: 'debug', process: 'all', search: '', most: 1_000 } as const;
const written = [
  '{"level":30,"time":1700000000000,"node":"a","process":"server","msg":"connected","commonName":"alice:phone"}',
  '{"level":"warn","time":"2023-11-14T22:13:21.000Z","service":"heartbeat","msg":"A packet was dropped"}',
  '{"level":50,"time":1700000002000,"process":"supervisor","child":"openvpn-udp","msg":"cannot run"}',
  '2023-11-14 22:13:23 us=120 alice:phone/203.0.113.9:1194 TLS: Username/Password authentication succeeded',
  '2023-11-14 22:13:24 WARNING: file is group or others accessible',
  '[Tue Nov 14 22:13:25 2023] (pid=12) [notice] -- starting in daemon mode --',
  'something else {',
];

describe('the log', () => {
  it('is read line by line, whoever of the processes wrote it', () => {
    const lines = written.map(readLogLine);
    assert.deepEqual(
      lines.map(({ process, level }) => `${process} ${level}`),
      [
        'server info',
        'heartbeat warning',
        'supervisor error',
        'openvpn info',
        'openvpn warning',
        'conntrackd info',
        'other info',
      ],
    );
    assert.equal(lines[0]?.at, '2023-11-14T22:13:20.000Z');
    assert.equal(lines[0]?.text, 'connected commonName=alice:phone');
    // Programs that name no time zone mean this machine's.
    assert.equal(lines[3]?.at, new Date('2023-11-14T22:13:23').toISOString());
    assert.equal(lines[5]?.at, new Date('2023-11-14T22:13:25').toISOString());
    assert.equal(readLogLine("2023-11-14 22:13:26 MANAGEMENT: CMD 'pid'").level, 'debug');
    assert.match(lines[3]?.text ?? '', /^alice:phone.*succeeded$/);
    assert.ok(readLogLine('x'.repeat(9_000)).text.length < 2_100, 'a line has an end');
  });

  it('is chosen from by level, process and text, the last that fit', () => {
    const texts = (wish: object): string[] =>
      chooseLines(written, { ...everything, ...wish }).map(({ process }) => process);
    assert.deepEqual(texts({ least: 'warning' }), ['heartbeat', 'supervisor', 'openvpn']);
    assert.deepEqual(texts({ process: 'openvpn' }), ['openvpn', 'openvpn']);
    assert.deepEqual(texts({ search: 'ALICE:phone' }), ['server', 'openvpn']);
    assert.deepEqual(texts({ most: 2 }), ['conntrackd', 'other']);
  });

  it('of the other node is asked for over the link, and its lack is said', async () => {
    const privileged = { readLog: async () => written };
    const other = new NodeLog({ name: 'b', privileged, peer: () => ({ name: 'a' }), link: () => undefined });
    const link = {
      ask: async (ask: string, body: unknown) => structuredClone(await other.answer(ask, body)),
    };
    const own = new NodeLog({ name: 'a', privileged, peer: () => ({ name: 'b' }), link: () => link });
    assert.deepEqual(await own.ofPeer(everything), await other.own(everything));
    await assert.rejects(other.ofPeer(everything), /The log of a cannot be read from b, which is not active/);
    await assert.rejects(other.answer('log.read', { ...everything, most: 1_000_000 }));
    const gone = { ask: () => Promise.reject(new Error('b did not answer')) };
    const alone = new NodeLog({ name: 'a', privileged, peer: () => ({ name: 'b' }), link: () => gone });
    await assert.rejects(alone.ofPeer(everything), /cannot be read from a: b did not answer/);
  });
});
