import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  applyNotice,
  type FactTable,
  factsOf,
  NO_FACTS,
  type SessionFact,
} from '../../../src/core/recall/session-fact.ts';
import { SessionFeed } from '../../../src/recall/session-feed.ts';
import { mostSessionsPerNotice } from '../../../src/replication/codec.ts';
import { isProtected, senderTo, side, until } from '../replication/pair.ts';
import { addUser, admin } from '../store/workspace.ts';

function table(count: number, version = '2.6.14'): FactTable {
  return factsOf(
    Array.from({ length: count }, (_, cid) => ({
      cid,
      commonName: `user${cid}:default`,
      username: `user${cid}`,
      realAddress: '203.0.113.11',
      realPort: 1000 + cid,
      vpnAddress: '10.8.0.2',
      sinceSeconds: 1,
      bytesReceived: 0,
      bytesSent: 0,
      peerId: cid,
      clientVersion: version,
      clientPlatform: 'linux',
      clientProtocolFlags: 990,
    })),
  );
}

test('the standby knows who is connected, over the replication link, and forgets who left', async (context) => {
  let heard: FactTable = NO_FACTS;
  const a = await side(context, 'node-a');
  const b = await side(context, 'node-b', (notice) => {
    heard = applyNotice(heard, notice);
  });
  a.store.openEpoch(admin);
  const sender = senderTo(context, a.store, b.receiver);
  let current = table(1000);
  const feed = new SessionFeed(
    () => current,
    (notice) => sender.tellSessions(notice),
    mostSessionsPerNotice,
  );
  context.after(() => feed.stop());
  sender.onStatus(({ state }) => (state === 'tail' ? feed.start() : feed.stop()));
  sender.start();
  await until('protected', isProtected(sender));
  await until('all are known', () => heard.size === 1000);
  const [known] = heard.values();
  assert.ok(feed.hasTold(known as SessionFact));
  current = table(3);
  await until('those who left are forgotten', () => heard.size === 3);
  assert.deepEqual(heard, current);
  // Data goes on over the same link.
  addUser(a.store, 'alice');
  assert.equal(await sender.acknowledged(a.store.position, 10_000), true);
  sender.stop();
  assert.equal(sender.tellSessions({ whole: false, present: [], gone: [] }), false);
});

test('what a client says of itself can neither break nor fill the link', () => {
  for (const version of ['x'.repeat(10_000), '2.6.14\n', '"', '\u0000', 'Ü']) {
    assert.equal([...table(1, version).values()][0]?.version, undefined);
  }
});
