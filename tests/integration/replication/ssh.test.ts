import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { ensureReplicationKey, type ReplicationKey } from '../../../src/replication/keys/replication-key.ts';
import { LoopbackSshd } from './loopback-sshd.ts';

const port = 2222;
const sending = new URL('./sending-node.ts', import.meta.url).pathname;
const receiving = new URL('./receiving-node.ts', import.meta.url).pathname;
const node = [process.execPath, '--disable-warning=ExperimentalWarning'];

let sshd: LoopbackSshd;
let folder = '';
let key: ReplicationKey;
let hostKey = '';
const children: ChildProcess[] = [];

before(async () => {
  assert.equal(process.getuid?.(), 0, 'these tests need root: they make a network namespace and run sshd');
  sshd = await LoopbackSshd.start('b.sock');
  ({ folder, key, hostKey } = sshd);
});

after(() => {
  for (const child of children) child.kill('SIGKILL');
  sshd.stop();
});

test('a pair replicates through the real sshd, and again after sshd’s session was killed', async () => {
  const receiver = start(receiving, [join(folder, 'b'), join(folder, 'b.sock')]);
  await receiver.says('listening');
  const sender = start(sending, [join(folder, 'a'), '127.0.0.1', `${port}`, key.privateKeyPath, hostKey]);
  await sender.says('protected');
  sender.tell('write 300');
  await sender.says('wrote 300 of 300 on both');
  for (const pid of bridges()) process.kill(pid, 'SIGKILL');
  await sender.says('exposed');
  await sender.says('protected');
  sender.tell('write 50');
  await sender.says('wrote 50 of 50 on both');
  receiver.tell('count');
  await receiver.says('users 350');
});

test('another host key than the pinned one is refused, with both fingerprints, and not tried in a storm', async () => {
  const other = await ensureReplicationKey(join(folder, 'other'));
  const sender = start(sending, [
    join(folder, 'c'),
    '127.0.0.1',
    `${port}`,
    key.privateKeyPath,
    other.publicKey,
  ]);
  await sender.says('replication.host-key');
  const line = sender.lines.find((text) => text.includes('replication.host-key')) ?? '';
  assert.match(line, /SHA256:\S+.*SHA256:\S+/);
  await pause(1500);
  assert.ok(sender.lines.filter((text) => text.includes('attempt')).length <= 3);
});

test('a key that is not authorized is told so', async () => {
  const other = await ensureReplicationKey(join(folder, 'stranger'));
  const sender = start(sending, [join(folder, 'd'), '127.0.0.1', `${port}`, other.privateKeyPath, hostKey]);
  await sender.says('replication.authentication');
});

test('a node whose server does not run is told apart from one that cannot be reached', async () => {
  const { command } = sshd;
  const kept = readFileSync(command, 'utf8');
  writeFileSync(command, kept.replace('b.sock', 'nobody.sock'));
  try {
    const sender = start(sending, [join(folder, 'e'), '127.0.0.1', `${port}`, key.privateKeyPath, hostKey]);
    await sender.says('tandem is not running here');
  } finally {
    writeFileSync(command, kept);
  }
  const nobody = start(sending, [join(folder, 'f'), '127.0.0.1', `${port + 1}`, key.privateKeyPath, hostKey]);
  await nobody.says('cannot be reached');
});

const attempts: readonly [string, readonly string[]][] = [
  ['a command of its own', ['id']],
  ['a shell', []],
  ['sftp', ['-s', 'sftp']],
];
for (const [what, words] of attempts) {
  test(`the replication key gives nobody ${what}`, () => {
    const options = words.filter((word) => word.startsWith('-'));
    const rest = words.filter((word) => !word.startsWith('-'));
    const done = ssh([...options, 'root@127.0.0.1', ...rest]);
    assert.doesNotMatch(`${done.stdout}`, /uid=|root@|#/);
    assert.match(`${done.stdout}`, /replication\.link\.garbled/, 'the receiver was reached instead');
  });
}

test('the replication key gives no terminal', () => {
  const done = ssh(['-tt', 'root@127.0.0.1']);
  assert.match(`${done.stderr}`, /PTY allocation request failed/);
  assert.doesNotMatch(`${done.stdout}`, /uid=|root@|#/);
});

test('the replication key forwards nothing', () => {
  const local = ssh(['-N', '-o', 'ExitOnForwardFailure=yes', '-W', `127.0.0.1:${port}`, 'root@127.0.0.1']);
  assert.notEqual(local.status, 0);
  assert.match(`${local.stderr}`, /administratively prohibited|forwarding/);
  const remote = ssh(['-N', '-o', 'ExitOnForwardFailure=yes', '-R', '2299:127.0.0.1:22', 'root@127.0.0.1']);
  assert.notEqual(remote.status, 0);
  assert.match(`${remote.stderr}`, /remote port forwarding failed/);
});

function ssh(words: readonly string[]): ReturnType<typeof spawnSync> {
  const options = [
    '-F',
    'none',
    '-o',
    'BatchMode=yes',
    '-o',
    'StrictHostKeyChecking=no',
    '-o',
    'UserKnownHostsFile=/dev/null',
  ];
  const all = [
    'netns',
    'exec',
    sshd.namespace,
    'timeout',
    '10',
    'ssh',
    ...options,
    '-p',
    `${port}`,
    '-i',
    key.privateKeyPath,
    ...words,
  ];
  return spawnSync('ip', all, { input: 'id; exit\n' });
}

/** The bridges that sshd runs for us right now. */
function bridges(): number[] {
  const found = spawnSync('ip', ['netns', 'pids', sshd.namespace], { encoding: 'utf8' })
    .stdout.trim()
    .split('\n')
    .map(Number);
  return found.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('bridge-process.ts');
    } catch {
      return false; // it ended meanwhile
    }
  });
}

interface Running {
  readonly lines: string[];
  tell(line: string): void;
  /** Waits for a line that contains `text`, after the last one waited for. */
  says(text: string): Promise<void>;
}

function start(program: string, words: readonly string[]): Running {
  const child = spawn('ip', ['netns', 'exec', sshd.namespace, ...node, program, ...words]);
  children.push(child);
  const lines: string[] = [];
  let rest = '';
  const collect = (chunk: Buffer): void => {
    rest += chunk.toString('utf8');
    const parts = rest.split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  let seen = 0;
  return {
    lines,
    tell: (line) => child.stdin.write(`${line}\n`),
    says: async (text) => {
      const next = (): number => lines.findIndex((line, index) => index >= seen && line.includes(text));
      await until(
        () => `“${text}” in\n${lines.join('\n')}`,
        () => next() >= 0,
      );
      seen = next() + 1;
    },
  };
}

async function until(what: () => string, condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not within 60 s: ${what()}`);
    await pause(20);
  }
}
