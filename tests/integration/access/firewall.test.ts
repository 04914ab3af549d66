import assert from 'node:assert/strict';
import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { describe, it } from 'node:test';
import { REMOVE_FIREWALL, renderFirewall } from '../../../src/access/network/firewall.ts';
import { TestNetwork } from './network.ts';
import { Vpn } from './vpn.ts';

const table = renderFirewall({
  vpnNetwork: '10.8.0.0/24',
  vpnNetwork6: '',
  sourceAddress: TestNetwork.virtualAddress,
  vpnDevices: ['tun0'],
  lanInterface: 'lan',
  access: 'nat' as const,
  routes: ['10.99.0.0/24'],
  clientToClient: false,
  policies: [{ addresses: ['10.8.0.10'], allow: ['10.99.0.0/24'] }],
});

function nft(network: TestNetwork, text: string): void {
  const argv = ['netns', 'exec', network.server, 'nft', '-f', '-'];
  const { status, stderr } = spawnSync('ip', argv, { input: text, encoding: 'utf8' });
  assert.equal(status, 0, `nft refuses: ${stderr}`);
}

describe('the firewall table', () => {
  it('is taken by nft, again and again, and goes without a trace', () => {
    using network = new TestNetwork();
    nft(network, table);
    const once = network.exec(network.server, 'nft', 'list', 'ruleset');
    nft(network, table);
    assert.equal(network.exec(network.server, 'nft', 'list', 'ruleset'), once);
    assert.match(once, /snat ip to 10\.99\.0\.100/);
    nft(network, REMOVE_FIREWALL);
    nft(network, REMOVE_FIREWALL);
    assert.equal(network.exec(network.server, 'nft', 'list', 'ruleset'), '');
  });

  it('lets clients reach the office as the virtual address, and nobody in from there', async () => {
    using vpn = await Vpn.create();
    const { network } = vpn;
    await vpn.addUser('alice', 10);
    await using server = vpn.startServer();
    await server.ready();
    network.holdVirtualAddress();
    nft(network, table);
    await using client = vpn.startClient('alice');
    await client.process.logged(/Initialization Sequence Completed/);
    network.exec(network.client, 'ping', '-c1', '-W5', '10.99.0.50');
    assert.equal(await peerSeenByOffice(network), TestNetwork.virtualAddress);
    network.exec(network.office, 'ip', 'route', 'add', '10.8.0.0/24', 'via', '10.99.0.1');
    assert.throws(() => network.exec(network.office, 'ping', '-c1', '-W1', '10.8.0.10'));
  });

  it('answers nothing to a connection that moved here, which would else be reset', async () => {
    for (const [firewall, outcome] of [
      ['', 'reset'],
      [table, 'silence'],
    ] as const) {
      using network = new TestNetwork();
      network.holdVirtualAddress();
      assert.equal(await fateOfMovedConnection(network, firewall), outcome);
    }
  });
});

/**
 * The office has a connection to the virtual address whose end is on a machine that loses its power: the socket and
 * every trace of it go while the cable is cut. Then the address is back, and the office speaks.
 */
async function fateOfMovedConnection(network: TestNetwork, firewall: string): Promise<string> {
  const listen = `require('node:net').createServer({ pauseOnConnect: true }, () => console.log('accepted'))
    .listen(9000, '${TestNetwork.virtualAddress}', () => console.log('listening'))`;
  const speak = `const s = require('node:net').connect(9000, '${TestNetwork.virtualAddress}', () => s.write('unread'));
    s.on('error', (error) => console.log(error.code === 'ECONNRESET' ? 'reset' : error.code));
    process.stdin.on('data', () => { s.write('hello'); setTimeout(() => console.log('silence'), 2000); })`;
  const start = (host: string, script: string): ChildProcessByStdio<Writable, Readable, null> =>
    spawn('ip', ['netns', 'exec', host, process.execPath, '-e', script], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
  const server = start(network.server, listen);
  await once(server.stdout, 'data');
  const office = start(network.office, speak);
  try {
    await once(server.stdout, 'data');
    network.exec(network.server, 'ip', 'link', 'set', 'lan', 'down');
    server.kill('SIGKILL');
    await once(server, 'close');
    network.exec(network.server, 'ip', 'link', 'set', 'lan', 'up');
    if (firewall !== '') nft(network, firewall);
    office.stdin.write('speak\n');
    const [said] = await once(office.stdout, 'data');
    return String(said).trim();
  } finally {
    server.kill('SIGKILL');
    office.kill('SIGKILL');
  }
}

/** The address from which the office sees a TCP connection that the client opens through the tunnel. */
async function peerSeenByOffice(network: TestNetwork): Promise<string> {
  const listen = `require('node:net').createServer(s => { s.on('error', () => 0); s.end(s.remoteAddress); })
    .listen(8080, '10.99.0.50', () => console.log('listening'))`;
  const connect = `require('node:net').connect(8080, '10.99.0.50').pipe(process.stdout)`;
  const office = spawn('ip', ['netns', 'exec', network.office, process.execPath, '-e', listen]);
  try {
    await new Promise((resolve) => office.stdout.once('data', resolve));
    return network.exec(network.client, process.execPath, '-e', connect);
  } finally {
    office.kill('SIGKILL');
  }
}
