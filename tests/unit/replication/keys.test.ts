import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  authorizedKeyLine,
  installAuthorizedKey,
  removeAuthorizedKey,
  removeReplicationKeys,
  setFollowerKeys,
} from '../../../src/replication/keys/authorized-keys.ts';
import { fingerprint, parsePublicKey, readHostKey } from '../../../src/replication/keys/public-key.ts';
import { ensureReplicationKey } from '../../../src/replication/keys/replication-key.ts';
import { directory } from '../store/workspace.ts';

const mode = (path: string): number => statSync(path).mode & 0o777;

test('a key is made once, private, and ssh-keygen agrees with what we say of it', async (context) => {
  const folder = join(directory(context), 'ssh');
  const made = await ensureReplicationKey(folder);
  assert.deepEqual(await ensureReplicationKey(folder), made);
  assert.equal(mode(folder), 0o700);
  assert.equal(mode(made.privateKeyPath), 0o600);
  const derived = execFileSync('ssh-keygen', ['-y', '-f', made.privateKeyPath], { encoding: 'utf8' });
  assert.ok(derived.startsWith(made.publicKey));
  const shown = execFileSync('ssh-keygen', ['-l', '-f', made.privateKeyPath], { encoding: 'utf8' });
  assert.ok(shown.includes(fingerprint(parsePublicKey(made.publicKey).blob)));
});

test('the authorized key may run one command and nothing else', async (context) => {
  const { publicKey } = await ensureReplicationKey(directory(context));
  assert.equal(
    authorizedKeyLine(publicKey),
    `restrict,command="/usr/local/bin/tandem replica receive" ${publicKey} tandem-replication`,
  );
  assert.throws(() => authorizedKeyLine(publicKey, 'a" b'));
  assert.throws(() => authorizedKeyLine('ssh-rsa AAAA'), { code: 'replication.public-key' });
});

test('installing again changes nothing, other lines stay, an older line of the key is replaced', async (context) => {
  const home = directory(context);
  const { publicKey } = await ensureReplicationKey(join(home, 'keys'));
  const file = join(home, '.ssh', 'authorized_keys');
  mkdirSync(join(home, '.ssh'), { mode: 0o755 });
  writeFileSync(file, `# a comment\nssh-ed25519 AAAAother me\n${publicKey} without restriction\n`);
  await installAuthorizedKey({ home, publicKey });
  const once = readFileSync(file, 'utf8');
  await installAuthorizedKey({ home, publicKey });
  assert.equal(readFileSync(file, 'utf8'), once);
  assert.deepEqual(once.trimEnd().split('\n'), [
    '# a comment',
    'ssh-ed25519 AAAAother me',
    authorizedKeyLine(publicKey),
  ]);
  assert.equal(mode(file), 0o600);
  assert.equal(mode(join(home, '.ssh')), 0o700);
  assert.deepEqual([statSync(file).uid, statSync(file).gid], [statSync(home).uid, statSync(home).gid]);
  await removeAuthorizedKey(home, publicKey);
  assert.ok(!readFileSync(file, 'utf8').includes(publicKey));
});

test('a missing host key is explained', async (context) => {
  await assert.rejects(readHostKey(join(directory(context), 'none.pub')), {
    code: 'replication.no-host-key',
    culprit: 'operator',
  });
});

test('what is taken away stays away when another key is let in at the same moment', async (context) => {
  const home = directory(context);
  const own = await ensureReplicationKey(join(home, 'own'));
  const follower = await ensureReplicationKey(join(home, 'follower'));
  const id = '00000000-0000-4000-8000-000000000001';
  await installAuthorizedKey({ home, publicKey: own.publicKey });
  await Promise.all([
    removeReplicationKeys(home),
    setFollowerKeys(home, [{ id, publicKey: follower.publicKey }]),
  ]);
  const lines = readFileSync(join(home, '.ssh', 'authorized_keys'), 'utf8')
    .trimEnd()
    .split('\n');
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? '', /tandem-follower$/);
});
