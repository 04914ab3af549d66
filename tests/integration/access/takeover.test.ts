import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { until } from './openvpn-process.ts';
import { type RunningClient, type RunningServer, Vpn } from './vpn.ts';

const connected = /Initialization Sequence Completed/;

/** A server process that takes the place of another is to its clients what the other node is. */
describe('a server that takes over', () => {
  let vpn: Vpn;
  let first: RunningServer;
  let client: RunningClient;

  beforeEach(async () => {
    vpn = await Vpn.create();
    await vpn.addUser('alice', 10);
    first = vpn.startServer();
    await first.ready();
  });

  afterEach(async () => {
    await client?.[Symbol.asyncDispose]();
    await first?.[Symbol.asyncDispose]();
    vpn?.[Symbol.dispose]();
  });

  async function logIn(): Promise<void> {
    vpn.network.holdVirtualAddress();
    client = vpn.startClient('alice');
    await client.process.logged(connected);
  }

  it('is bound before the address is there, and serves when it comes', async () => {
    assert.match(first.process.log, /link local \(bound\): \[AF_INET\]10\.99\.0\.100:1194/);
    await logIn();
    vpn.network.exec(vpn.network.client, 'ping', '-c1', '-W5', '10.8.0.1');
  });

  it('takes clients back by their token: same address, no question to anybody', async () => {
    await logIn();
    await first[Symbol.asyncDispose]();
    await using second = vpn.startServer();
    await client.process.logged(connected, 2);
    await second.process.logged(/Username\/auth-token authentication succeeded for username 'alice'/);
    assert.equal(client.person.prompts, 1);
    assert.equal(vpn.network.vpnAddress(), '10.8.0.10');
    assert.match(client.process.log, /Preserving previous TUN\/TAP instance/);
    vpn.network.exec(vpn.network.client, 'ping', '-c1', '-W5', '10.8.0.1');
    const session = await until('the session', () => [...second.doorkeeper.sessions.values()][0]);
    assert.equal(session.vpnAddress, '10.8.0.10');
    assert.equal(second.events.filter((event) => event.type === 'login').length, 0);
  });

  it('refuses who was disabled, with a token in hand', async () => {
    await logIn();
    await first[Symbol.asyncDispose]();
    vpn.block('alice');
    vpn.writeClientFile('alice', 10, true);
    await using second = vpn.startServer();
    await second.process.logged(/client has been rejected due to 'disable' directive/);
    await client.process.logged(/AUTH_FAILED/);
    // Without its token the client asks the person again, and this time it is told why.
    await client.process.logged(/AUTH_FAILED,user is blocked/);
    await client.process.ended();
    assert.equal(second.doorkeeper.sessions.size, 0);
    assert.equal(client.process.log.match(connected)?.length, 1);
  });

  it('refuses who has no file', async () => {
    await vpn.addUser('bob', 11);
    vpn.removeClientFile('bob');
    vpn.network.holdVirtualAddress();
    client = vpn.startClient('bob');
    await client.process.logged(/AUTH_FAILED/);
    assert.equal(first.doorkeeper.sessions.size, 0);
    assert.equal(connected.test(client.process.log), false);
  });

  it('refuses who was revoked, with a token in hand', async () => {
    await logIn();
    await first[Symbol.asyncDispose]();
    vpn.revoke('alice');
    await using second = vpn.startServer();
    await second.process.logged(/serial=\d+ is revoked/);
    assert.equal(second.doorkeeper.sessions.size, 0);
    assert.equal(second.process.log.includes('auth-token authentication succeeded'), false);
  });

  it('reads what changed without a restart, also after it dropped its privileges', async () => {
    await logIn();
    assert.equal(await first.doorkeeper.sendAway(() => true, 'RESTART,[P]'), 1);
    await client.process.logged(connected, 2);
    assert.equal(client.person.prompts, 1);
    vpn.writeClientFile('alice', 20, false);
    await until('the session', () => first.doorkeeper.sessions.size === 1);
    await first.doorkeeper.sendAway(() => true, 'RESTART,[P]');
    await until('the new address', () => vpn.network.vpnAddress() === '10.8.0.20');
    vpn.revoke('alice');
    await until('the session', () => first.doorkeeper.sessions.size === 1);
    await first.doorkeeper.sendAway(() => true, 'RESTART,[P]');
    await first.process.logged(/serial=\d+ is revoked/);
    assert.equal(client.person.prompts, 1);
  });
});
