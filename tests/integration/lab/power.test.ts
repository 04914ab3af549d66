import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../../../lab/lab.ts';
import { processesSharing } from '../../../lab/processes.ts';
import { eventually, node, reaches, scratchLab, shell } from './scratch.ts';

let lab: Lab;
before(async () => {
  lab = await scratchLab('power');
});
after(() => lab.down());

const pidOf = (name: string): number => lab.list().hosts.find((host) => host.name === name)?.pid ?? 0;

test('a host is a machine of its own', async () => {
  const passwd = readFileSync('/etc/passwd', 'utf8');
  assert.equal(await shell(lab, 'node-a', 'hostname'), 'node-a');
  assert.notEqual(
    await shell(lab, 'node-a', 'cat /etc/machine-id'),
    await shell(lab, 'node-b', 'cat /etc/machine-id'),
  );
  assert.equal(await shell(lab, 'node-a', 'ls -d /etc/tandem /var/lib/tandem 2>/dev/null || true'), '');
  assert.equal(await shell(lab, 'node-a', 'readlink -f /usr/local/bin/tandem'), '/opt/tandem/bin/tandem');
  await shell(
    lab,
    'node-a',
    'useradd --system lab-stranger && touch /var/lib/lab-stranger /usr/lib/lab-stranger',
  );
  assert.equal(readFileSync('/etc/passwd', 'utf8'), passwd, "the machine's own files are untouched");
  assert.throws(() => readFileSync('/var/lib/lab-stranger'), /ENOENT/);
  assert.equal((await lab.exec('node-a', ['touch', '/opt/tandem/x'])).code, 1, 'the checkout is read-only');
  assert.equal((await lab.exec('node-b', ['id', 'lab-stranger'])).code, 1, 'the other host has its own disk');
});

test('a host may turn its own network knobs, and only those', async () => {
  await shell(lab, 'node-a', 'sysctl -q -w net.ipv4.ip_nonlocal_bind=1');
  assert.equal(await shell(lab, 'node-b', 'cat /proc/sys/net/ipv4/ip_nonlocal_bind'), '0');
  assert.notEqual((await lab.exec('node-a', ['sysctl', '-w', 'kernel.panic=1'])).code, 0);
  await shell(lab, 'node-a', 'ip tuntap add dev tun9 mode tun && ip link delete tun9');
});

test('exec passes input, output and exit code through', async () => {
  const result = await lab.exec('office', ['bash', '-c', 'cat; echo bad >&2; exit 7'], { input: 'good' });
  assert.deepEqual(result, { code: 7, stdout: 'good', stderr: 'bad\n', timedOut: false });
  assert.equal((await lab.exec('office', ['sleep', '60'], { timeoutMs: 200 })).timedOut, true);
  await eventually(
    'the program has gone',
    async () => (await shell(lab, 'office', 'pgrep -x sleep || true')) === '',
  );
});

test('a power loss ends everything at once and says no word to anybody', async () => {
  const listener = lab.spawn('node-b', [
    node,
    '-e',
    `require('node:net').createServer((peer) => {
       console.log('connected');
       for (const event of ['end', 'error', 'close']) peer.on(event, () => console.log(event));
     }).listen(5000, () => console.log('ready'));`,
  ]);
  let heard = '';
  listener.stdout?.on('data', (chunk: Buffer) => {
    heard += chunk.toString();
  });
  await eventually('the server listens', () => heard.includes('ready'));
  const victim = lab.spawn('node-a', [
    'bash',
    '-c',
    'exec 3<>/dev/tcp/10.99.0.2/5000; while :; do sleep 1; done',
  ]);
  await eventually('connected', () => heard.includes('connected'));
  const before = pidOf('node-a');
  const processes = processesSharing(before, 'pid');
  assert.ok(processes.length >= 3);
  const ended = once(victim, 'exit');

  await lab.powerOff('node-a');

  assert.deepEqual(processesSharing(before, 'pid'), []);
  for (const pid of processes) assert.throws(() => readFileSync(`/proc/${pid}/environ`), `${pid} still runs`);
  await ended;
  await sleep(500);
  assert.doesNotMatch(heard, /end|error|close/, 'the peer was told');
  assert.equal(await reaches(lab, 'office', '10.99.0.1'), false);
  await assert.rejects(async () => lab.spawn('node-a', ['true']), /switched off/);
  await assert.rejects(lab.powerOff('node-a'), /already off/);
  listener.kill();

  await lab.powerOn('node-a');
  assert.ok(await reaches(lab, 'office', '10.99.0.1'));
});

test('the disk survives, /run and /tmp do not, the hardware address stays', async () => {
  const mac = await shell(lab, 'node-a', 'cat /sys/class/net/eth0/address; cat /etc/machine-id');
  await shell(lab, 'node-a', 'for d in /root /etc /var/lib /usr/lib /run /tmp; do echo kept >$d/probe; done');
  await lab.powerOff('node-a');
  await lab.powerOn('node-a');
  assert.equal(
    await shell(lab, 'node-a', 'cat /root/probe /etc/probe /var/lib/probe /usr/lib/probe'),
    'kept\nkept\nkept\nkept',
  );
  assert.equal(await shell(lab, 'node-a', 'ls /run/probe /tmp/probe 2>/dev/null || true'), '');
  assert.equal(await shell(lab, 'node-a', 'cat /sys/class/net/eth0/address; cat /etc/machine-id'), mac);
});

test('faults outlast a power loss', async () => {
  await lab.split();
  await lab.cut('node-b');
  await lab.powerOff('node-b');
  await lab.powerOn('node-b');
  assert.equal(await reaches(lab, 'office', 'node-b'), false, 'still cut');
  await lab.mend('node-b');
  await eventually('mended', () => reaches(lab, 'office', 'node-b'));
  assert.equal(await reaches(lab, 'node-a', '10.99.0.2'), false, 'still split');
  await lab.heal();
  await eventually('healed', () => reaches(lab, 'node-a', '10.99.0.2'));
});

test('root logs in from node to node with the password of the lab', async () => {
  const login = `printf '#!/bin/sh\\nexec cat /root/secret\\n' >/root/askpass && chmod 700 /root/askpass
    umask 077; cat >/root/secret
    SSH_ASKPASS=/root/askpass SSH_ASKPASS_REQUIRE=force setsid -w ssh -o StrictHostKeyChecking=no \
      -o NumberOfPasswordPrompts=1 node-b hostname </dev/null`;
  const right = await lab.exec('node-a', ['bash', '-c', login], { input: lab.password, timeoutMs: 30_000 });
  assert.equal(right.stdout, 'node-b\n', right.stderr);
  const wrong = await lab.exec('node-a', ['bash', '-c', login], { input: 'guess', timeoutMs: 30_000 });
  assert.equal(wrong.code, 255);
});
