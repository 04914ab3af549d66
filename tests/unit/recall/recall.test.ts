import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { pino } from 'pino';
import type { Session } from '../../../src/core/openvpn/sessions.ts';
import type { Presence } from '../../../src/core/recall/campaign.ts';
import type { SessionFact } from '../../../src/core/recall/session-fact.ts';
import type { EndpointRequest, RecallRequest } from '../../../src/privileged/channel.ts';
import { Recall } from '../../../src/recall/recall.ts';
import type { ClientNews } from '../../../src/vpn/server-processes.ts';
import { until } from '../replication/pair.ts';

const fact: SessionFact = {
  commonName: 'alice:default',
  address: '203.0.113.11',
  port: 40_000,
  vpnAddress: '10.8.0.2',
  sinceSeconds: 1,
  version: '2.6.14',
  peerId: 0,
};

const session: Session = {
  cid: 1,
  commonName: 'alice:default',
  username: 'alice',
  realAddress: '203.0.113.11',
  realPort: 40_000,
  vpnAddress: '10.8.0.2',
  sinceSeconds: 1,
  bytesReceived: 0,
  bytesSent: 0,
  peerId: 0,
  clientVersion: '2.6.14',
  clientPlatform: 'linux',
  clientProtocolFlags: 0,
};

/** One node's recall beside an OpenVPN that answers, or not. */
function node(context: TestContext) {
  const sent: RecallRequest[] = [];
  const tickled: EndpointRequest[] = [];
  const nudged: EndpointRequest[] = [];
  const openvpn = {
    sessions: new Map<number, Session>(),
    instances: [] as Presence[],
    up: true,
    mayCall: true,
    tell: (_: ClientNews): void => {},
  };
  const recall = new Recall({
    clients: {
      get lastSessions() {
        return openvpn.sessions;
      },
      instances: async () => {
        if (!openvpn.up) throw new Error('not connected');
        return openvpn.instances;
      },
      onNews: (listener) => {
        openvpn.tell = listener;
      },
    },
    privileged: {
      sendRecall: async (request) => void sent.push(request),
      sendTickle: async (request) => void tickled.push(request),
      nudge: async (request) => void nudged.push(request),
    },
    keys: { packetFor: () => new Uint8Array(60) },
    mayCall: () => openvpn.mayCall,
    log: pino({ level: 'silent' }),
    now: () => 1_750_000_000_000,
  });
  context.after(() => recall.stop());
  return { recall, sent, tickled, nudged, openvpn };
}

test('with the data channel in the kernel nobody is called, and nobody counts as covered', async (context) => {
  const { recall, sent, openvpn } = node(context);
  openvpn.mayCall = false;
  recall.heard({ whole: true, present: [fact], gone: [] });
  recall.serve(true, 'takeover');
  await recall.crowdBack(100);
  assert.deepEqual(sent, []);
  assert.equal(recall.isCovered(session), false);
});

test('a standby that was told of a client calls it when the address has come', async (context) => {
  const { recall, sent } = node(context);
  recall.heard({ whole: true, present: [fact], gone: [] });
  recall.serve(true, 'takeover');
  await until('the client is called', () => sent.length === 1);
  assert.deepEqual(
    sent.map(({ name, address, port }) => ({ name, address, port })),
    [{ name: 'udp', address: '203.0.113.11', port: 40_000 }],
  );
  recall.serve(true, 'said again');
  assert.equal(sent.length, 1);
});

test('an active node does not listen to what is said of clients', async (context) => {
  const { recall, sent } = node(context);
  recall.serve(true, 'takeover');
  recall.heard({ whole: true, present: [fact], gone: [] });
  recall.serve(false, 'gone');
  recall.serve(true, 'back');
  await recall.crowdBack(100);
  assert.equal(sent.length, 0);
});

test('after OpenVPN died, its own clients are called as soon as it answers again', async (context) => {
  const { recall, sent, openvpn } = node(context);
  recall.serve(true, 'takeover');
  openvpn.sessions = new Map([[1, session]]);
  openvpn.up = false;
  openvpn.tell({ type: 'down', process: 'udp' });
  await recall.crowdBack(300);
  assert.equal(sent.length, 0);
  openvpn.up = true;
  await until('the client is called', () => sent.length === 1);
});

test('on a standby a restart of OpenVPN calls nobody', async (context) => {
  const { recall, sent, openvpn } = node(context);
  openvpn.sessions = new Map([[1, session]]);
  openvpn.tell({ type: 'down', process: 'udp' });
  await recall.crowdBack(300);
  assert.equal(sent.length, 0);
});

test('a client is covered once the other node knows it, and only if it comes back when called', (context) => {
  const { recall, openvpn } = node(context);
  openvpn.sessions = new Map([[1, session]]);
  assert.equal(recall.isCovered(session), false, 'nobody was told');
  const feed = recall.feedTo(() => true, 100);
  feed.start();
  assert.equal(recall.isCovered(session), true);
  assert.equal(recall.isCovered({ ...session, clientVersion: '2.5.11' }), false);
  assert.equal(recall.isCovered({ ...session, realPort: 1 }), false, 'moved since it was told');
  feed.stop();
  assert.equal(recall.isCovered(session), false);
});

test('OpenVPN is pointed to whom it has let in, over UDP and while this node serves', async (context) => {
  const { recall, nudged, openvpn } = node(context);
  const client = { address: '203.0.113.11', port: 40_000, commonName: 'alice:default' };
  openvpn.tell({ type: 'established', process: 'udp', client });
  recall.serve(true, 'takeover');
  openvpn.tell({ type: 'established', process: 'tcp', client });
  assert.deepEqual(nudged, []);
  openvpn.tell({ type: 'established', process: 'udp-2', client });
  assert.deepEqual(nudged, [{ name: 'udp-2', address: '203.0.113.11', port: 40_000 }]);
});

test('a client over TCP is woken up, again while it has not come, and never called', async (context) => {
  const { recall, sent, tickled, openvpn } = node(context);
  const tcp = { ...fact, commonName: 'bob:default', port: 50_000, process: 'tcp' };
  recall.heard({ whole: true, present: [fact, tcp], gone: [] });
  recall.serve(true, 'takeover');
  await until('both are called', () => sent.length === 1 && tickled.length === 1);
  assert.deepEqual(tickled, [{ name: 'tcp', address: '203.0.113.11', port: 50_000 }]);
  assert.ok(sent.every(({ port }) => port === 40_000));
  await until('it to be woken up again', () => tickled.length === 2);
  const client = { address: '203.0.113.11', port: 50_001, commonName: 'bob:default' };
  openvpn.tell({ type: 'established', process: 'tcp', client });
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  assert.equal(tickled.length, 2);
});
