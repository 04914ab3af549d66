import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { afterEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Lab } from '../../../lab/lab.ts';
import {
  identify,
  isAlive,
  type ProcessIdentity,
  processesMarked,
  processesSharing,
} from '../../../lab/processes.ts';
import { checkout } from '../../../lab/surroundings.ts';
import { scratchDirectory } from './scratch.ts';

const stateDir = scratchDirectory('lifecycle');
afterEach(() => Lab.remove(stateDir));

const cli = (...words: string[]) =>
  spawnSync(`${checkout}/lab/lab`, [...words, '--state', stateDir], { encoding: 'utf8' });
const marked = () => processesMarked(`TANDEM_LAB_PROCESS_OF=${stateDir}`);

function assertNothingLeft(before: readonly ProcessIdentity[]): void {
  assert.equal(existsSync(stateDir), false);
  assert.equal(existsSync(`${stateDir}.lock`), false);
  assert.deepEqual(marked(), []);
  assert.equal(readFileSync('/proc/self/mountinfo', 'utf8').includes(stateDir), false);
  assert.deepEqual(before.filter(isAlive), []);
}

/** Every process in a namespace of the lab: namespaces last as long as these, for nothing is mounted on them. */
function processesOf(lab: Lab): readonly ProcessIdentity[] {
  const { hosts, switch: bridges } = lab.list();
  const first = [...hosts.map(({ pid }) => pid), bridges?.pid].filter((pid) => typeof pid === 'number');
  return first
    .flatMap((pid) => (['pid', 'mnt', 'net'] as const).flatMap((kind) => sharing(pid, kind)))
    .flatMap((pid) => identify(pid) ?? []);
}

/** The bridges' process is in a network namespace of its own only. */
function sharing(pid: number, kind: 'pid' | 'mnt' | 'net'): readonly number[] {
  const shared = processesSharing(pid, kind);
  return shared.includes(process.pid) ? [] : shared;
}

test('down leaves no process, namespace, mount, interface or file', async () => {
  const interfaces = readdirSync('/sys/class/net');
  const lab = await Lab.up({ clients: 2, stateDir });
  const processes = processesOf(lab);
  assert.ok(processes.length > 7);
  assert.deepEqual(
    readdirSync('/sys/class/net'),
    interfaces,
    'no interface of the machine, even while it is up',
  );
  assert.equal(readFileSync('/proc/self/mountinfo', 'utf8').includes(stateDir), false);
  assert.equal(statSync(`${stateDir}/lab.json`).mode & 0o777, 0o600, 'the password is in it');
  await lab.down();
  assertNothingLeft(processes);
  assert.deepEqual(readdirSync('/sys/class/net'), interfaces);
});

test('the command: up, exec, ls, faults, down', () => {
  assert.equal(cli('up', '--clients', '0').status, 0);
  const echo = spawnSync(
    `${checkout}/lab/lab`,
    ['exec', '--state', stateDir, 'node-a', '--', 'sh', '-c', 'cat; exit 3'],
    {
      encoding: 'utf8',
      input: 'through',
    },
  );
  assert.deepEqual([echo.stdout, echo.status], ['through', 3]);
  for (const words of [['power-off', 'node-a'], ['power-on', 'node-a'], ['cut', 'node-b'], ['split']]) {
    const { status, stderr } = cli(...words);
    assert.equal(status, 0, stderr);
  }
  const listing = JSON.parse(cli('ls', '--json').stdout);
  assert.equal(listing.split, true);
  assert.deepEqual(
    listing.hosts.map((host: { name: string; power: string; cut: boolean }) => [
      host.name,
      host.power,
      host.cut,
    ]),
    [
      ['node-a', 'on', false],
      ['node-b', 'on', true],
      ['gateway', 'on', false],
      ['office', 'on', false],
    ],
  );
  assert.equal(typeof listing.password, 'string');
  assert.equal(cli('down').status, 0);
  assertNothingLeft([]);
});

test('refusals are one line with the next step, and leave all as it was', async () => {
  assert.equal(cli('ls').status, 69);
  assert.equal(cli('up', '--clients', 'many').status, 64);
  assert.equal(cli('fly').status, 64);
  assert.equal(existsSync(stateDir), false);
  const lab = await Lab.up({ clients: 0, stateDir });
  const second = cli('up');
  assert.equal(second.status, 73);
  assert.match(second.stderr, /^lab: The lab in \S+ is in use; remove it with lab\/lab down.*\n$/);
  assert.equal(spawnSync(`${checkout}/lab/lab`, ['exec', '--state', stateDir, 'node-c', 'true']).status, 64);
  assert.equal((await lab.exec('node-a', ['true'])).code, 0, 'the first lab still runs');
  await lab.down();
  const stranger = asStranger('up', '--state', stateDir);
  assert.equal(stranger.status, 77, stranger.stderr);
  assert.match(stranger.stderr, /sudo/);
});

/** The command as a user without rights, who may however read a checkout in root's home. */
function asStranger(...words: string[]) {
  const rights = ['--inh-caps=+dac_read_search', '--ambient-caps=+dac_read_search'];
  const who = ['--reuid=65534', '--clear-groups', ...rights];
  return spawnSync('setpriv', [...who, '--', `${checkout}/lab/lab`, ...words], { encoding: 'utf8' });
}

test('a directory that is not a lab is left alone', async () => {
  await assert.rejects(Lab.up({ stateDir: '/usr/lib' }), { exitCode: 73 });
  assert.ok(existsSync('/usr/lib/os-release'));
});

test('what a killed `lab up` left, the next one cleans', async () => {
  for (const delayMs of [150, 300, 450, 600]) {
    const victim = spawn(`${checkout}/lab/lab`, ['up', '--state', stateDir], { stdio: 'ignore' });
    await sleep(delayMs);
    victim.kill('SIGKILL');
    await once(victim, 'exit');
    await sleep(50);
  }
  const leftovers = marked();
  const lab = await Lab.up({ clients: 0, stateDir });
  const now = marked().map(({ pid }) => pid);
  for (const { pid } of leftovers) assert.equal(now.includes(pid), false);
  assert.equal(
    lab.list().hosts.every(({ power }) => power === 'on'),
    true,
  );
  await lab.down();
  assertNothingLeft([]);
});
