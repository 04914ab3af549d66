import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { LinkKeys } from '../../../src/pair/link-keys.ts';
import { linkError } from '../../../src/replication/errors.ts';
import { installAuthorizedKey } from '../../../src/replication/keys/authorized-keys.ts';
import {
  adoptNextKey,
  ensureNextKey,
  ensureReplicationKey,
} from '../../../src/replication/keys/replication-key.ts';
import { directory } from '../store/workspace.ts';

/** Of one end of the link: the key that it signs in with, and the other's that it lets in. */
interface Machine {
  readonly home: string;
  readonly keys: LinkKeys;
}

/** Two machines of a pair in folders, whose every step in an exchange of keys may be the last one. */
async function pair(
  context: TestContext,
): Promise<{ a: Machine; b: Machine; dieAt: (step: number) => void }> {
  const homes = { a: directory(context), b: directory(context) };
  const own = { a: '', b: '' };
  for (const name of ['a', 'b'] as const)
    own[name] = (await ensureReplicationKey(join(homes[name], '.ssh'))).publicKey;
  await installAuthorizedKey({ home: homes.a, publicKey: own.b });
  await installAuthorizedKey({ home: homes.b, publicKey: own.a });
  let left = Number.POSITIVE_INFINITY;
  const step = (): void => {
    left -= 1;
    if (left === 0) throw linkError('closed', 'the node died here');
  };
  const peer = {
    ...{ nodeId: '', name: 'the other', address: '', interface: '', priority: 100 },
    ssh: { port: 22, hostKey: '' },
  };
  const machine = (
    name: 'a' | 'b',
    other: 'a' | 'b',
    link: () => { answer: LinkKeys['answer'] },
  ): Machine => {
    const keys = new LinkKeys({
      nodeName: name,
      refuseUnlessActive: () => {},
      peer: () => peer,
      link: () => ({
        ask: async (ask, body) => {
          step();
          const answer = await link().answer(ask, body);
          step();
          return answer;
        },
      }),
      home: homes[name],
      signIn: async (privateKeyPath) => {
        step();
        assert.ok(letsIn(homes[other], publicOf(privateKeyPath)), 'the key is let in over there');
        step();
      },
    });
    return { home: homes[name], keys };
  };
  const a: Machine = machine('a', 'b', () => b.keys);
  const b: Machine = machine('b', 'a', () => a.keys);
  return {
    a,
    b,
    dieAt: (count) => {
      left = count;
    },
  };
}

function publicOf(privateKeyPath: string): string {
  const derived = execFileSync('ssh-keygen', ['-y', '-f', privateKeyPath], { encoding: 'utf8' });
  return derived.split(' ').slice(0, 2).join(' ').trim();
}

function lines(home: string): string[] {
  return readFileSync(join(home, '.ssh', 'authorized_keys'), 'utf8')
    .trimEnd()
    .split('\n');
}

function letsIn(home: string, publicKey: string): boolean {
  return lines(home).some((line) => line.includes(publicKey));
}

const privateKey = ({ home }: Machine): string => join(home, '.ssh', 'replication_ed25519');

/** The link works in both directions: after a takeover it is needed the other way round. */
function assertLinked(a: Machine, b: Machine, when: string): void {
  assert.ok(letsIn(b.home, publicOf(privateKey(a))), `a signs in on b, ${when}`);
  assert.ok(letsIn(a.home, publicOf(privateKey(b))), `b signs in on a, ${when}`);
}

test('whoever dies at any step of an exchange of the link keys, the link goes on, and the next exchange clears up', async (context) => {
  for (let step = 1; ; step += 1) {
    const { a, b, dieAt } = await pair(context);
    const before = [publicOf(privateKey(a)), publicOf(privateKey(b))];
    dieAt(step);
    const died = await a.keys.rotate().then(
      () => false,
      () => true,
    );
    assertLinked(a, b, `after a death at step ${step}`);
    // Also the other node may be the active one when it is tried again.
    dieAt(Number.POSITIVE_INFINITY);
    const again = step % 2 === 0 ? b : a;
    if (died) await again.keys.rotate();
    assertLinked(a, b, `when it was done again after step ${step}`);
    assert.deepEqual([lines(a.home).length, lines(b.home).length], [1, 1], 'one key each is let in');
    assert.notDeepEqual([publicOf(privateKey(a)), publicOf(privateKey(b))], before);
    if (died) continue;
    assert.ok(step > 8, `only ${step} steps`);
    return;
  }
});

test('a key takes the place of another in one step, and what lies beside it follows', async (context) => {
  const folder = directory(context);
  await ensureReplicationKey(folder);
  const next = await ensureNextKey(folder);
  assert.deepEqual(await ensureNextKey(folder), next, 'made once');
  const file = join(folder, 'replication_ed25519');
  // A death right after the one step that counts.
  renameSync(`${file}.next`, file);
  const own = await ensureReplicationKey(folder);
  assert.equal(own.publicKey, next.publicKey);
  assert.ok(readFileSync(`${file}.pub`, 'utf8').startsWith(own.publicKey), 'the public file is healed');
  const another = await ensureNextKey(folder);
  assert.notEqual(another.publicKey, own.publicKey);
  await adoptNextKey(folder);
  assert.equal((await ensureReplicationKey(folder)).publicKey, another.publicKey);
});

test('what an earlier version left half done, or something that is no key, is dealt with', async (context) => {
  const folder = directory(context);
  const own = await ensureReplicationKey(folder);
  const next = await ensureNextKey(folder);
  const file = join(folder, 'replication_ed25519');
  renameSync(`${file}.next.pub`, `${file}.pub`);
  assert.equal((await ensureReplicationKey(folder)).publicKey, own.publicKey, 'the private one counts');
  assert.equal((await ensureNextKey(folder)).publicKey, next.publicKey);
  mkdirSync(join(folder, 'other'));
  writeFileSync(join(folder, 'other', 'replication_ed25519'), 'not a key');
  await assert.rejects(ensureReplicationKey(join(folder, 'other')), { code: 'replication.key-damaged' });
});
