import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { TestNetwork } from './network.ts';
import { until } from './openvpn-process.ts';
import { type RunningServer, Vpn } from './vpn.ts';

const connected = /Initialization Sequence Completed/;
const own6 = '2001:db8::100';

describe('profiles and servers of every kind, with stock clients', () => {
  let vpn: Vpn;
  const servers: RunningServer[] = [];

  before(async () => {
    vpn = await Vpn.create();
    const { network } = vpn;
    network.exec(network.server, 'ip', '-6', 'addr', 'add', '2001:db8::1/64', 'dev', 'wan', 'nodad');
    network.exec(network.client, 'ip', '-6', 'addr', 'add', '2001:db8::2/64', 'dev', 'eth0', 'nodad');
    network.exec(network.server, 'ip', '-6', 'addr', 'add', `${own6}/64`, 'dev', 'wan', 'nodad');
    const common = { network6: 'fd00:8::/64' };
    servers.push(vpn.startServer({}, common));
    servers.push(
      vpn.startServer({}, { ...common, protocol: 'tcp', port: 443, device: 'tun100', main: false }),
    );
    servers.push(vpn.startServer({}, { ...common, address: own6, device: 'tun200', main: false }));
    for (const server of servers) await server.ready();
    vpn.network.holdVirtualAddress();
  });

  after(async () => {
    for (const server of servers) await server[Symbol.asyncDispose]();
    vpn?.[Symbol.dispose]();
  });

  it('auto-login: the certificate is enough, and no longer when it is not allowed any more', async () => {
    await vpn.addUser('robot', 20, false, 'auto-login');
    {
      await using client = vpn.startClient('robot');
      await client.process.logged(connected);
      assert.equal(client.person.prompts, 0);
      const session = await until('the session', () =>
        [...(servers[0]?.doorkeeper.sessions.values() ?? [])].find(
          (one) => one.commonName === 'robot:default',
        ),
      );
      assert.equal(session.vpnAddress, '10.8.0.20');
      // A return with the token that OpenVPN may have given asks nobody either.
      await servers[0]?.doorkeeper.sendAway(() => true, 'RESTART,[P]');
      await client.process.logged(connected, 2);
      assert.equal(client.person.prompts, 0);
    }
    const account = vpn.accounts.get('robot');
    if (account !== undefined) vpn.accounts.set('robot', { ...account, autoLogin: false });
    await using client = vpn.startClient('robot');
    await client.process.logged(/AUTH_FAILED,profiles without a password are not allowed for this user/);
  });

  it('user-locked: without a password nobody gets in, though the server lets others be without', async () => {
    await vpn.addUser('alice', 21);
    // The same certificate in a profile that asks nothing.
    await vpn.addUser('mallory', 22, false, 'auto-login');
    vpn.autoLogin.delete('mallory:default');
    await using client = vpn.startClient('mallory');
    await client.process.logged(/AUTH_FAILED,this profile needs a user name and a password/);
    assert.equal(connected.test(client.process.log), false);
  });

  it('TCP: beside UDP, with the same VPN address', async () => {
    const { network } = vpn;
    vpn.listed = { remotes: [{ host: TestNetwork.virtualAddress, port: 443, protocol: 'tcp' }] };
    await vpn.addUser('tina', 23);
    await using client = vpn.startClient('tina');
    await client.process.logged(connected);
    assert.equal(network.vpnAddress(), '10.8.0.23');
    // What the supervisor does for a client that is not on the main device.
    network.exec(network.server, 'ip', 'route', 'replace', '10.8.0.23/32', 'dev', 'tun100');
    network.exec(network.client, 'ping', '-c1', '-W5', '10.8.0.1');
  });

  it('IPv6: outside to the server, and inside the tunnel', async () => {
    const { network } = vpn;
    vpn.listed = { remotes: [{ host: own6, port: 1194, protocol: 'udp' }] };
    await vpn.addUser('sixten', 24);
    await using client = vpn.startClient('sixten');
    await client.process.logged(connected);
    await client.process.logged(/UDPv6/);
    assert.match(network.exec(network.client, 'ip', '-6', '-o', 'addr'), /fd00:8::1024\/64/);
    network.exec(network.server, 'ip', '-6', 'route', 'replace', 'fd00:8::1024/128', 'dev', 'tun200');
    network.exec(network.client, 'ping', '-6', '-c1', '-W5', 'fd00:8::1');
  });

  it('a list of three servers of which two are dead: in within 20 s', async () => {
    vpn.listed = {
      remotes: ['198.51.100.250', '198.51.100.251', TestNetwork.virtualAddress].map((host) => ({
        host,
        port: 1194,
        protocol: 'udp',
      })),
    };
    await vpn.addUser('lister', 25);
    const begun = performance.now();
    await using client = vpn.startClient('lister');
    await client.process.logged(connected, 1, 60_000);
    const took = performance.now() - begun;
    assert.ok(took < 20_000, `${Math.round(took)} ms`);
  });
});
