import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../../../lab/lab.ts';
import { eventually, node, reaches, scratchLab, shell } from './scratch.ts';

let lab: Lab;
before(async () => {
  lab = await scratchLab('network', 2);
});
after(() => lab.down());

test('neighbours reach each other', async () => {
  const pairs = [
    ['node-a', '10.99.0.2'],
    ['node-a', '192.168.7.2'],
    ['node-b', 'node-a'],
    ['node-b', '10.99.0.254'],
    ['office', 'node-a'],
    ['client-1', '203.0.113.1'],
    ['client-2', 'client-1'],
  ] as const;
  for (const [from, to] of pairs) assert.ok(await reaches(lab, from, to), `${from} does not reach ${to}`);
});

test('a client does not get into the LAN past the VPN', async () => {
  for (const address of ['10.99.0.1', '10.99.0.50', '10.99.0.100']) {
    assert.equal(await reaches(lab, 'client-1', address), false, address);
  }
});

test('the gateway passes the VPN ports to the virtual address', async () => {
  await shell(lab, 'node-b', 'ip address add 10.99.0.100/24 dev eth0');
  const server = lab.spawn('node-b', [
    node,
    '-e',
    `const socket = require('node:dgram').createSocket('udp4');
     socket.on('message', (text, from) => socket.send('udp ' + text, from.port, from.address));
     socket.bind(1194, '10.99.0.100', () => {
       require('node:net').createServer((peer) => peer.end('tcp')).listen(443, '10.99.0.100', () => console.log('ready'));
     });`,
  ]);
  assert.ok(server.stdout);
  await once(server.stdout, 'data');
  const tcp = await lab.exec('client-1', ['bash', '-c', 'cat </dev/tcp/203.0.113.1/443'], {
    timeoutMs: 10_000,
  });
  assert.equal(tcp.stdout, 'tcp');
  const udp = await lab.exec(
    'client-1',
    ['bash', '-c', 'exec 3<>/dev/udp/203.0.113.1/1194; echo -n hello >&3; head -c 9 <&3'],
    { timeoutMs: 10_000 },
  );
  assert.equal(udp.stdout, 'udp hello');
  server.kill();
  await once(server, 'exit');
});

test('a split stops everything between the nodes and nothing else', async () => {
  await lab.split();
  assert.equal(await reaches(lab, 'node-a', '10.99.0.2'), false);
  assert.equal(await reaches(lab, 'node-b', '192.168.7.1'), false);
  for (const host of ['node-a', 'node-b']) {
    assert.ok(await reaches(lab, host, '10.99.0.254'));
    assert.ok(await reaches(lab, 'office', host));
  }
  assert.equal(await multicastArrives(), false);
  await lab.heal();
  // The kernel asks for a neighbour it just gave up on once a second.
  await eventually('the LAN is whole', () => reaches(lab, 'node-a', '10.99.0.2'));
  await eventually('the cross link is whole', () => reaches(lab, 'node-b', '192.168.7.1'));
  assert.equal(await multicastArrives(), true);
});

/** Sends to VRRP's group from node-a for a while; whether node-b hears any of it. */
async function multicastArrives(): Promise<boolean> {
  const listener = lab.spawn('node-b', [
    node,
    '-e',
    `const socket = require('node:dgram').createSocket('udp4');
     socket.on('message', () => process.exit(0));
     socket.bind(4000, () => { socket.addMembership('224.0.0.18', '10.99.0.2'); console.log('ready'); });
     setTimeout(() => process.exit(3), 2000);`,
  ]);
  assert.ok(listener.stdout);
  const ended = once(listener, 'exit');
  await once(listener.stdout, 'data');
  const talker = lab.spawn('node-a', [
    node,
    '-e',
    `const socket = require('node:dgram').createSocket('udp4');
     socket.bind(0, () => { socket.setMulticastInterface('10.99.0.1');
       setInterval(() => socket.send('x', 4000, '224.0.0.18'), 50); });`,
  ]);
  const [code] = await ended;
  talker.kill();
  return code === 0;
}

test('a cut takes the carrier away and a mend gives it back', async () => {
  await lab.cut('node-a');
  await eventually(
    'no carrier',
    async () => (await shell(lab, 'node-a', 'cat /sys/class/net/eth0/operstate')) !== 'up',
  );
  assert.equal(await reaches(lab, 'office', 'node-a'), false);
  assert.ok(await reaches(lab, 'node-a', '192.168.7.2'), 'the second cable is untouched');
  assert.equal(lab.list().hosts.find(({ name }) => name === 'node-a')?.cut, true);
  await lab.mend('node-a');
  await eventually('reachable again', () => reaches(lab, 'office', 'node-a'));
});

test('a frozen host runs nothing, a thawed one goes on where it was', async () => {
  const counter = lab.spawn('node-a', ['bash', '-c', 'while :; do date +%s%N >/tmp/beat; sleep 0.02; done']);
  const { pid } = lab.list().hosts.find(({ name }) => name === 'node-a')!;
  const beat = (): string => readFileSync(`/proc/${pid}/root/tmp/beat`, 'utf8');
  await eventually(
    'it beats',
    async () => (await lab.exec('node-a', ['test', '-s', '/tmp/beat'])).code === 0,
  );
  await lab.freeze('node-a');
  await assert.rejects(async () => lab.spawn('node-a', ['true']), /frozen/);
  const last = beat();
  assert.ok(await reaches(lab, 'office', '10.99.0.1'), 'its kernel still answers');
  await sleep(300);
  assert.equal(beat(), last, 'it stands still');
  await lab.thaw('node-a');
  await eventually('it beats again', () => ![last, ''].includes(beat()));
  counter.kill('SIGKILL');
  await once(counter, 'exit');
});
