import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { pino } from 'pino';
import type { Session } from '../../../src/core/openvpn/sessions.ts';
import type { RecallRequest, WatchedPacket } from '../../../src/privileged/channel.ts';
import { noticeSchema } from '../../../src/privileged/channel.ts';
import { RecallWatches } from '../../../src/recall/watches.ts';
import type { Instance } from '../../../src/vpn/clients.ts';
import { until } from '../replication/pair.ts';

const alice: Session = {
  cid: 7,
  commonName: 'alice:default',
  username: 'alice',
  realAddress: '203.0.113.11',
  realPort: 40_000,
  vpnAddress: '10.8.0.2',
  sinceSeconds: 1_750_000_000,
  bytesReceived: 0,
  bytesSent: 0,
  peerId: 0,
  clientVersion: '2.6.14',
  clientPlatform: 'linux',
  clientProtocolFlags: 0,
};
const instance: Instance = {
  address: '203.0.113.11',
  port: 40_000,
  commonName: 'alice:default',
  cid: 7,
  bytesReceived: 1_000,
  sinceSeconds: 1_750_000_000,
};
const moved: WatchedPacket = { address: '198.51.100.5', port: 50_000, serverPort: 1194, length: 120 };
const opening = Buffer.from('begins').toString('base64');

function node(context: TestContext) {
  const sent: RecallRequest[] = [];
  const restarted: number[] = [];
  const state = { serving: true, calling: false, authentic: true, looks: 0, asked: '' };
  let hear = (_: readonly WatchedPacket[]): void => {};
  const watch = new RecallWatches({
    clients: {
      of: (process) => ({
        lastSessions: new Map([[7, alice]]),
        instances: async () => {
          state.looks += 1;
          state.asked = process;
          return [instance];
        },
        onNews: () => undefined,
        tellToReconnect: async (which) => {
          if (which(alice)) restarted.push(alice.cid);
          return 1;
        },
      }),
    },
    recall: {
      get serving() {
        return state.serving;
      },
      isCalling: () => state.calling,
      lost: [],
    },
    privileged: {
      sendRecall: async (request) => void sent.push(request),
      onPackets: (listener) => {
        hear = listener;
      },
    },
    keys: { packetFor: () => new Uint8Array(60), beginsSessionOf: () => state.authentic },
    processes: () => [
      { name: 'udp', port: 1194 },
      { name: 'udp-2', port: 1196 },
    ],
    pingSeconds: () => 1,
    log: pino({ level: 'silent' }),
    now: () => 1_750_000_010_000,
  });
  context.after(() => watch.stop());
  return { sent, restarted, state, hear: (packet: WatchedPacket): void => hear([packet]) };
}

/** Long enough for every look that a first packet leads to within 20 ms. */
const aWhile = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 150));

test('data from a new address: the client that is silent at its old one is called there', async (context) => {
  const { sent, hear } = node(context);
  hear(moved);
  await until('a call', () => sent.length === 1);
  const [{ name, address, port } = sent[0]!] = sent;
  assert.deepEqual({ name, address, port }, { name: 'udp', address: '198.51.100.5', port: 50_000 });
});

test('at the port of another process it is a client of that one', async (context) => {
  const { sent, state, hear } = node(context);
  hear({ ...moved, serverPort: 1196 });
  await until('a call', () => sent.length === 1);
  assert.deepEqual([sent[0]?.name, state.asked], ['udp-2', 'udp-2']);
});

test('a standby, another port and a client that is being called already lead to nothing', async (context) => {
  const { sent, state, hear } = node(context);
  hear({ ...moved, serverPort: 1195 });
  state.calling = true;
  hear(moved);
  state.calling = false;
  state.serving = false;
  hear(moved);
  await aWhile();
  assert.equal(state.looks, 0);
  assert.deepEqual(sent, []);
});

test('a client that begins anew where it has a session, and falls silent, is told to reconnect', async (context) => {
  const { restarted, hear } = node(context);
  hear({ ...moved, address: '203.0.113.11', port: 40_000, opening });
  await until('a restart', () => restarted.length === 1);
  assert.deepEqual(restarted, [7]);
});

test('a packet that its key has not made has no effect', async (context) => {
  const { state, hear } = node(context);
  state.authentic = false;
  hear({ ...moved, address: '203.0.113.11', port: 40_000, opening });
  await aWhile();
  assert.equal(state.looks, 0);
});

test('what the supervisor tells is checked on this side too', () => {
  assert.ok(noticeSchema.safeParse({ packets: [moved, { ...moved, opening }] }).success);
  for (const wrong of [{ address: 'x' }, { port: 0 }, { length: -1 }, { opening: '?' }, { more: 1 }])
    assert.ok(!noticeSchema.safeParse({ packets: [{ ...moved, ...wrong }] }).success, JSON.stringify(wrong));
});
