import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { standsBy, statusOf, tandem } from '../../../lab/demo/node-commands.ts';
import { addUser } from '../../../lab/demo/set-up.ts';
import { until } from '../../../lab/demo/until.ts';
import type { Lab } from '../../../lab/lab.ts';
import { changingAPair } from './changing.ts';
import { coldStarts } from './cold-starts.ts';
import { holdsAddress, labWithPair, look } from './pair-lab.ts';

let lab: Lab;
before(async () => {
  lab = await labWithPair('split');
});
after(() => lab?.down());

async function userNames(node: 'node-a' | 'node-b'): Promise<string[]> {
  const { users } = (await tandem(lab, node, ['user', 'list'])) as { users: { name: string }[] };
  return users.map((user) => user.name);
}

test('a split heals: the later takeover stays, and what the other wrote meanwhile is kept apart, not lost', async () => {
  assert.equal((await addUser(lab, 'node-a', 'before-the-split')).protected, true);
  await lab.split();
  await until(async () => (await statusOf(lab, 'node-b'))?.role === 'active', 20_000, 'node-b to take over');
  assert.equal((await statusOf(lab, 'node-a'))?.role, 'active', 'node-a cannot know');
  assert.equal(
    (await addUser(lab, 'node-a', 'written-on-a')).protected,
    false,
    'and says that it is alone with it',
  );
  assert.equal((await addUser(lab, 'node-b', 'written-on-b')).protected, false);

  await lab.heal();
  await until(
    async () => {
      const [a, b] = await Promise.all([statusOf(lab, 'node-a'), statusOf(lab, 'node-b')]);
      return b?.role === 'active' && b.protected && standsBy(a);
    },
    60_000,
    'node-b to be the one active node, protected',
  );
  assert.equal(await holdsAddress(lab, 'node-a'), false);
  assert.equal(await holdsAddress(lab, 'node-b'), true);
  assert.deepEqual(await userNames('node-b'), ['before-the-split', 'written-on-b']);
  assert.deepEqual(await userNames('node-a'), ['before-the-split', 'written-on-b']);
  const kept = await look(lab, 'node-a', 'cat /var/lib/tandem/quarantine/*/entries.jsonl');
  const entries = kept.split('\n').map((line) => JSON.parse(line) as { actor: string; changeset: string });
  const written = entries.filter((entry) =>
    Buffer.from(entry.changeset ?? '', 'base64').includes('written-on-a'),
  );
  assert.equal(written.length, 1, 'the change that only node-a had is in its quarantine');
});

changingAPair(() => lab);

coldStarts(() => lab);
