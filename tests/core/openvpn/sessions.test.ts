import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ManagementMessage } from '../../../src/core/openvpn/management/messages.ts';
import { parseStatus } from '../../../src/core/openvpn/management/status.ts';
import { applyMessages, applyStatus, NO_SESSIONS } from '../../../src/core/openvpn/sessions.ts';
import { decodeAll, recording } from './recording.ts';

function statuses(text: string): string[][] {
  return text
    .split('TITLE\t')
    .slice(1)
    .map((part) => part.split('\r\n'));
}

describe('the session table', () => {
  it('knows a client from its establishment to its end', () => {
    const messages = decodeAll([recording('wrong-then-right-password')]);
    const end = messages.findLastIndex((message) => message.type === 'disconnected');
    const table = applyMessages(NO_SESSIONS, messages.slice(0, end));
    assert.deepEqual(
      [...table.values()],
      [
        {
          cid: 1,
          commonName: 'alice:default',
          username: 'alice',
          realAddress: '10.99.0.50',
          realPort: 57_449,
          vpnAddress: '10.8.0.10',
          sinceSeconds: 1_795_363_325,
          bytesReceived: 2857,
          bytesSent: 3025,
          peerId: undefined,
          clientVersion: '2.6.14',
          clientPlatform: 'linux',
          clientProtocolFlags: 990,
        },
      ],
    );
    assert.equal(applyMessages(table, messages.slice(end)).size, 0);
  });

  it('never holds a client that was rejected, although OpenVPN calls it established', () => {
    const text = recording('disabled-client');
    const table = applyMessages(NO_SESSIONS, decodeAll([text]));
    assert.equal(table.size, 0);
    const rejected = statuses(text).map(parseStatus);
    assert.ok(rejected.some((clients) => clients.length === 1));
    for (const clients of rejected) assert.equal(applyStatus(table, clients).size, 0);
  });

  it('believes the status, and keeps what the client told of itself', () => {
    const text = recording('wrong-then-right-password');
    const messages = decodeAll([text]);
    const end = messages.findLastIndex((message) => message.type === 'disconnected');
    const before = applyMessages(NO_SESSIONS, messages.slice(0, end));
    const [, during, , after] = statuses(text).map(parseStatus);
    const [session] = applyStatus(before, during!).values();
    assert.equal(session?.peerId, 1);
    assert.equal(session?.clientVersion, '2.6.14');
    assert.equal(applyStatus(before, after!).size, 0);
    const [unheard] = applyStatus(NO_SESSIONS, during!).values();
    assert.equal(unheard?.vpnAddress, '10.8.0.10');
    assert.equal(unheard?.clientVersion, undefined);
  });

  it('is as large as the clients that came and did not go', () => {
    const message = fc.record({ type: fc.constantFrom('established', 'disconnected'), cid: fc.nat(5) });
    fc.assert(
      fc.property(fc.array(message), (steps) => {
        const present = new Set<number>();
        for (const { type, cid } of steps) type === 'established' ? present.add(cid) : present.delete(cid);
        const table = applyMessages(NO_SESSIONS, steps.map(asMessage));
        assert.deepEqual([...table.keys()].sort(), [...present].sort());
      }),
    );
  });
});

function asMessage({ type, cid }: { type: string; cid: number }): ManagementMessage {
  const env = new Map([
    ['common_name', `user${cid}:default`],
    ['ifconfig_pool_remote_ip', `10.8.0.${cid + 2}`],
    ['trusted_ip', '192.0.2.1'],
    ['trusted_port', '4000'],
  ]);
  return { type: type === 'established' ? 'established' : 'disconnected', cid, env };
}

describe('the status', () => {
  it('reads addresses with protocol and of both families, and leaves out lines that make no sense', () => {
    const header =
      'HEADER\tCLIENT_LIST\tCommon Name\tReal Address\tVirtual Address\tBytes Received\tBytes Sent\tConnected Since (time_t)\tUsername\tClient ID\tPeer ID\tData Channel Cipher';
    const line = (address: string, cid: string): string =>
      `CLIENT_LIST\ta:b\t${address}\t10.8.0.2\t1\t2\t3\ta\t${cid}\t0\tAES-256-GCM`;
    const read = parseStatus([
      'CLIENT_LIST\tbefore\tthe\theader',
      header,
      line('udp4:192.0.2.1:5', '1'),
      line('tcp6-server:[2001:db8::1]:6', '2'),
      line('nowhere', '3'),
      line('192.0.2.1:99999', '4'),
      line('192.0.2.1:5', 'x'),
    ]);
    assert.deepEqual(
      read.map((client) => [client.realAddress, client.realPort, client.cid]),
      [
        ['192.0.2.1', 5, 1],
        ['2001:db8::1', 6, 2],
      ],
    );
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.array(fc.string({ unit: 'binary' })), (lines) => void parseStatus(lines)));
  });
});
