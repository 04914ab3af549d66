import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { statusOf } from '../../../lab/demo/node-commands.ts';
import { addUser, pair } from '../../../lab/demo/set-up.ts';
import { until } from '../../../lab/demo/until.ts';
import type { Lab } from '../../../lab/lab.ts';
import { labWithPair, look } from './pair-lab.ts';

/*
 * A pair's data in other places: a follower and a fresh server, both on the Internet side of the gateway, which forwards a port to
 * the virtual address. Real sshd, real files, real OpenVPN. One story in three parts: the second and third go on where the one before ended.
 */
const branch = 'client-1';
const fresh = 'client-2';
const port = 2222;

interface Run {
  readonly code: number;
  readonly value: Record<string, unknown>;
  readonly error: { readonly code: string; readonly message: string } | undefined;
}

interface FollowerRow {
  readonly name: string;
  readonly connected: boolean;
  readonly lagEntries: number | null;
  readonly sentence: string;
}

let lab: Lab;

async function tandem(host: string, ...words: string[]): Promise<Run> {
  const { code, stdout, stderr } = await lab.exec(host, ['tandem', ...words, '--json'], {
    timeoutMs: 60_000,
  });
  const said = stderr.trim().split('\n').at(-1) ?? '';
  return {
    code: code ?? -1,
    value: code === 0 ? (JSON.parse(stdout) as Record<string, unknown>) : {},
    error: said.startsWith('{"error"') ? (JSON.parse(said) as { error: Run['error'] }).error : undefined,
  };
}

/** Fails with what the command says when it does. */
async function done(host: string, ...words: string[]): Promise<Record<string, unknown>> {
  const { code, value, error } = await tandem(host, ...words);
  assert.equal(code, 0, `${host}: tandem ${words.join(' ')}: ${error?.message}`);
  return value;
}

async function follower(host: string): Promise<FollowerRow | undefined> {
  const { value } = await tandem(host, 'follower', 'list');
  return (value['followers'] as FollowerRow[] | undefined)?.find(({ name }) => name === 'branch');
}

async function usersOf(host: string): Promise<string> {
  const { users } = await done(host, 'user', 'list');
  return (users as { name: string }[]).map(({ name }) => name).join(' ');
}

async function caughtUp(host: string): Promise<boolean> {
  const row = await follower(host);
  return row?.connected === true && row.lagEntries === 0;
}

/** Files under the machine's data that hold a key which must not leave the pair. */
function filesWithKeys(host: 'node-a' | typeof branch): Promise<string> {
  const keys = 'PRIVATE KEY|OpenVPN tls-crypt-v2|OpenVPN Static key';
  return look(lab, host, `grep -rlaE '${keys}' /var/lib/tandem --exclude-dir=.ssh`);
}

before(async () => {
  lab = await labWithPair('elsewhere', 2);
  const rule = `iifname eth1 ip daddr ${pair.publicAddress} tcp dport ${port} dnat to ${pair.virtualAddress}:22`;
  await look(lab, 'gateway', `nft add rule ip router prerouting ${rule}`);
  for (const host of [branch, fresh] as const)
    await look(lab, host, 'ln -s /opt/tandem/bin/tandem /usr/local/bin/tandem');
});
after(() => lab?.down());

test('a follower receives users as they change, no key of anybody, and changes nothing', async () => {
  await addUser(lab, 'node-a', 'before');
  await done(branch, 'init', '--follower', '--interface', 'eth0', '--name', 'branch');
  await lab.exec(branch, ['tandem', 'wait-ready'], { timeoutMs: 60_000 });
  const waiting = await done(branch, 'status');
  assert.equal(waiting['role'], 'follower');
  assert.match(String(waiting['sentence']), /waits to be told whom to follow/);

  const { publicKey } = await done(branch, 'follower', 'key');
  const added = await done(
    'node-a',
    ...['follower', 'add', 'branch', '--key', String(publicKey)],
    ...['--host', pair.publicAddress, '--port', String(port)],
  );
  assert.equal(added['protected'], true);
  await done(branch, 'follower', 'join', String(added['join']));
  await until(() => caughtUp('node-a'), 60_000, 'the follower to have everything');
  await done('node-a', 'profile', 'get', 'before', '--output', '/root/before.ovpn');
  await until(() => caughtUp('node-a'), 60_000, 'the follower to have the certificate');
  assert.equal(await usersOf(branch), 'before');
  assert.equal((await done('node-a', 'follower', 'verify', 'branch'))['equal'], true);

  const { error } = await tandem(branch, 'user', 'remove', 'before');
  assert.equal(error?.code, 'follower.standby');
  assert.match(error?.message ?? '', /is a follower and changes nothing; its data comes from node-a at 203/);
  assert.equal((await tandem(branch, 'backup', 'create', '/root/a-part')).error?.code, 'follower.standby');
  assert.notEqual(await filesWithKeys('node-a'), '', 'the search finds keys where there are some');
  assert.equal(await filesWithKeys(branch), '');
});

test('what was wrecked comes back from a backup on both nodes, and a client gets in at a fresh server', async () => {
  const { password } = await addUser(lab, 'node-a', 'carol');
  await done('node-a', 'profile', 'get', 'carol', '--output', '/root/carol.ovpn');
  await look(lab, 'node-a', 'echo a passphrase > /root/word');
  const secret = ['--passphrase-file', '/root/word'];
  await done('node-a', 'backup', 'create', '/root/whole', ...secret);
  await done('node-a', 'backup', 'create', '/root/accounts', '--accounts-only');
  assert.equal((await done('node-a', 'backup', 'verify', '/root/whole', ...secret))['users'], 2);
  assert.equal(await look(lab, 'node-a', 'stat -c %a /root/whole; grep -c SQLite /root/whole'), '600\n0');

  await done('node-a', 'user', 'remove', 'carol');
  await look(lab, 'node-a', 'head -c 60000 /root/whole > /root/cut; echo something else > /root/other');
  for (const [file, code] of [
    ['/root/cut', 'backup.damaged'],
    ['/root/other', 'backup.not-one'],
  ] as const) {
    const refused = await tandem('node-a', 'backup', 'restore', file, '--force', ...secret);
    assert.equal(refused.error?.code, code);
  }
  const inAPair = await tandem('node-a', 'backup', 'restore', '/root/whole', ...secret);
  assert.equal(inAPair.error?.code, 'backup.pair');
  assert.equal(await usersOf('node-a'), 'before');
  await done('node-a', 'backup', 'restore', '/root/whole', '--force', ...secret);
  assert.equal(await usersOf('node-a'), 'before carol');
  await until(
    async () =>
      (await statusOf(lab, 'node-a'))?.protected === true && (await usersOf('node-b')) === 'before carol',
    30_000,
    'the standby to have what was restored',
  );
  await until(() => caughtUp('node-a'), 30_000, 'the follower to have what was restored');
  assert.equal(await usersOf(branch), 'before carol');

  await done(fresh, 'init', '--primary', '--interface', 'eth0', '--name', 'fresh');
  await lab.exec(fresh, ['tandem', 'wait-ready'], { timeoutMs: 60_000 });
  for (const file of ['/root/accounts', '/root/carol.ovpn']) await carry('node-a', file, fresh);
  const { merged } = await done(fresh, 'backup', 'restore', '/root/accounts');
  assert.deepEqual(merged, {
    ...{ usersAdded: 2, usersChanged: 0, certificatesAdded: 2, certificatesRevoked: 0 },
    ...{ addressesInUse: 0, authorityTaken: true },
  });
  await carry(fresh, '/root/carol.ovpn', branch);
  const there = String((await done(fresh, 'status'))['address']);
  await look(lab, branch, `sed -i 's/^remote [^ ]* /remote ${there} /' /root/carol.ovpn`);
  await look(lab, branch, `printf 'carol\\n${password}\\n' > /root/login`);
  const client = lab.spawn(branch, [
    'openvpn',
    '--config',
    '/root/carol.ovpn',
    '--auth-user-pass',
    '/root/login',
  ]);
  let told = '';
  client.stdout?.on('data', (chunk: Buffer) => {
    told += chunk.toString('utf8');
  });
  const isIn = async (): Promise<boolean> => told.includes('Initialization Sequence Completed');
  await until(isIn, 30_000, 'the client to get in at the fresh server').finally(() => client.kill());
});

test('a follower that was away goes on with whoever is active, until its key is revoked', async () => {
  await lab.cut(branch);
  const last = await addUser(lab, 'node-a', 'right-before-the-takeover');
  assert.equal(last.protected, true);
  await lab.powerOff('node-a');
  await until(async () => (await statusOf(lab, 'node-b'))?.role === 'active', 30_000, 'node-b to take over');
  await addUser(lab, 'node-b', 'after-the-takeover');
  assert.equal((await follower('node-b'))?.connected, false);
  await lab.mend(branch);
  await until(() => caughtUp('node-b'), 60_000, 'the follower to follow node-b by itself');
  assert.equal(await usersOf(branch), 'after-the-takeover before carol right-before-the-takeover');
  const { following } = await done(branch, 'status');
  assert.equal((following as { source: string }).source, 'node-b');

  const line = 'curl -s --unix-socket /run/tandem/server/api.sock http://localhost/metrics';
  const metrics = await look(lab, 'node-b', line);
  assert.match(metrics, /^tandem_follower_connected\{follower="branch"\} 1$/m);
  assert.match(metrics, /^tandem_follower_lag_entries\{follower="branch"\} 0$/m);

  await done('node-b', 'follower', 'remove', 'branch');
  assert.equal(await follower('node-b'), undefined);
  const isOut = async (): Promise<boolean> => {
    const { following: now } = await done(branch, 'status');
    const { connected, sentence } = now as { connected: boolean; sentence: string };
    return !connected && /does not accept this node's replication key/.test(sentence);
  };
  await until(isOut, 60_000, 'its key to be refused');
  await addUser(lab, 'node-b', 'not-for-the-follower');
  assert.ok(!(await usersOf(branch)).includes('not-for-the-follower'));
  const keys = await look(lab, 'node-b', 'grep -c tandem-follower /var/lib/tandem/.ssh/authorized_keys');
  assert.equal(keys, '0');
});

/** As rsync would: the bytes, nothing else. */
async function carry(
  from: 'node-a' | typeof fresh,
  file: string,
  to: typeof branch | typeof fresh,
): Promise<void> {
  const text = await look(lab, from, `base64 -w 0 ${file}`);
  await lab.exec(to, ['bash', '-c', `base64 -d > ${file}`], { input: text, timeoutMs: 20_000 });
}
