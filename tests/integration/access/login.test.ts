import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { until } from './openvpn-process.ts';
import { PASSWORD, type RunningServer, Vpn } from './vpn.ts';

const connected = /Initialization Sequence Completed/;

describe('logins at a real server', () => {
  let vpn: Vpn;
  let server: RunningServer;

  before(async () => {
    vpn = await Vpn.create();
    for (const [index, name] of ['alice', 'bob', 'carol', 'dave'].entries())
      await vpn.addUser(name, 10 + index);
    server = vpn.startServer();
    await server.ready();
    vpn.network.holdVirtualAddress();
  });

  after(async () => {
    await server?.[Symbol.asyncDispose]();
    vpn?.[Symbol.dispose]();
  });

  it('lets in who knows the password, with the address from the table', async () => {
    await using client = vpn.startClient('alice');
    await client.process.logged(connected);
    assert.equal(vpn.network.vpnAddress(), '10.8.0.10');
    vpn.network.exec(vpn.network.client, 'ping', '-c1', '-W5', '10.8.0.1');
    const session = await until('the session', () => [...server.doorkeeper.sessions.values()][0]);
    assert.equal(session.commonName, 'alice:default');
    assert.equal(session.username, 'alice');
    assert.equal(session.vpnAddress, '10.8.0.10');
    assert.equal(session.realAddress, '198.51.100.2');
    assert.equal(session.clientPlatform, 'linux');
    assert.match(session.clientVersion ?? '', /^2\.\d+/);
    await server.doorkeeper.refresh();
    assert.equal(typeof server.doorkeeper.sessions.get(session.cid)?.peerId, 'number');
    await until('counted bytes', () => (server.doorkeeper.sessions.get(session.cid)?.bytesReceived ?? 0) > 0);
    assert.match((await server.doorkeeper.management.version()) ?? '', /^2\./);
    assert.ok((await server.doorkeeper.management.pid()) > 1);
  });

  it('forgets a client that went away silently', async () => {
    await until('an empty table', () => server.doorkeeper.sessions.size === 0);
  });

  const refused: [string, string, { username?: string; password?: string }, RegExp][] = [
    ['a wrong password', 'bob', { password: 'wrong horse' }, /AUTH_FAILED,wrong user name or password/],
    ['a user who is blocked', 'carol', {}, /AUTH_FAILED,user is blocked/],
    ['a user who does not exist', 'dave', {}, /AUTH_FAILED,wrong user name or password/],
    [
      'the profile of somebody else',
      'bob',
      { username: 'alice' },
      /AUTH_FAILED,this profile belongs to another user/,
    ],
  ];
  for (const [what, profile, as, words] of refused) {
    it(`refuses ${what}, and the client's log says why`, async () => {
      vpn.block('carol');
      vpn.accounts.delete('dave');
      await using client = vpn.startClient(profile, as);
      await client.process.logged(words);
      await client.process.ended();
      assert.equal(connected.test(client.process.log), false);
      assert.equal(server.doorkeeper.sessions.size, 0);
    });
  }

  it('refuses the token of one user on the profile of another', async () => {
    await using bob = vpn.startClient('bob');
    await bob.process.logged(connected);
    const token = await until('the token', () => bob.person.token);
    assert.match(token, /^SESS_ID_AT_/);
    await using thief = vpn.startClient('alice', { username: 'bob', password: token });
    await thief.process.logged(/this profile belongs to another user/);
    await thief.process.ended();
    await until('the thief gone', () =>
      [...server.doorkeeper.sessions.values()].every((session) => session.commonName === 'bob:default'),
    );
    assert.ok(server.events.some((event) => event.type === 'sent-away' && event.refusal === 'other-user'));
  });

  it('sends away at once who is blocked while being in', async () => {
    await until('an empty table', () => server.doorkeeper.sessions.size === 0);
    await using client = vpn.startClient('bob');
    await client.process.logged(connected);
    vpn.block('bob');
    server.doorkeeper.reviewSessions();
    await client.process.logged(/user is blocked/);
    await client.process.ended();
  });

  it('never shows a password or a token', () => {
    const shown = JSON.stringify(server.events, (_, value) => (value instanceof Map ? [...value] : value));
    for (const text of [shown, server.process.log]) {
      for (const secret of [PASSWORD, 'wrong horse']) assert.equal(text.includes(secret), false);
      assert.doesNotMatch(text, /SESS_ID_AT_[A-Za-z0-9+/=]{8}/);
    }
    assert.deepEqual(
      server.events.filter((event) => event.type === 'failed'),
      [],
    );
  });

  it('lets in soon who asked while nobody was at the door', async () => {
    await server[Symbol.asyncDispose]();
    server = vpn.startServer({ late: true });
    await server.process.logged(/Initialization Sequence Completed/);
    await using client = vpn.startClient('alice');
    await server.process.logged(/authentication deferred/);
    server.doorkeeper.start();
    await client.process.logged(connected);
  });
});
