import assert from 'node:assert/strict';
import { test } from 'node:test';
import { standsBy, statusOf, tandem } from '../../../lab/demo/node-commands.ts';
import { addUser } from '../../../lab/demo/set-up.ts';
import { until } from '../../../lab/demo/until.ts';
import type { Lab } from '../../../lab/lab.ts';
import type { NodeName } from '../../../lab/topology.ts';
import { holdsAddress, look } from './pair-lab.ts';

/** Both nodes were off, and the one with the older copy comes up first; on a lab that others use too. */
export function coldStarts(labOf: () => Lab): void {
  const nodes = ['node-a', 'node-b'] as const;

  async function standing(active: NodeName, standby: NodeName): Promise<void> {
    await until(
      async () =>
        (await statusOf(labOf(), active))?.protected === true && standsBy(await statusOf(labOf(), standby)),
      60_000,
      `${active} to be active and protected`,
    );
  }

  async function active(node: NodeName): Promise<void> {
    await until(
      async () => (await statusOf(labOf(), node))?.role === 'active',
      40_000,
      `${node} to be active`,
    );
  }

  /** node-b is active and alone writes what node-a does not have; then both are off, and node-a alone comes back. */
  async function olderCopyComesBack(user: string): Promise<void> {
    if ((await statusOf(labOf(), 'node-a'))?.role === 'active') {
      await standing('node-a', 'node-b');
      await tandem(labOf(), 'node-a', ['switchover']);
    }
    await standing('node-b', 'node-a');
    await labOf().powerOff('node-a');
    await until(
      async () => (await statusOf(labOf(), 'node-b'))?.protected === false,
      20_000,
      'node-b to know that it is alone',
    );
    assert.equal((await addUser(labOf(), 'node-b', user)).protected, false);
    await labOf().powerOff('node-b');
    await labOf().powerOn('node-a');
  }

  test('the older copy serves and says that it may be old; nothing was changed on it: the newer one gets the role', async () => {
    await olderCopyComesBack('written-alone');
    await active('node-a');
    const alone = await statusOf(labOf(), 'node-a');
    assert.match(alone?.warnings.join('\n') ?? '', /may lack changes that only node-b has/);
    await labOf().powerOn('node-b');
    await standing('node-b', 'node-a');
    for (const node of nodes)
      assert.match(await look(labOf(), node, 'tandem user list'), /written-alone/, node);
    assert.deepEqual(
      [await holdsAddress(labOf(), 'node-a'), await holdsAddress(labOf(), 'node-b')],
      [false, true],
    );
    assert.match(await look(labOf(), 'node-b', 'tandem status'), /node-a is ready to take over/);
  });

  test('takeover in-sync: the older copy waits for a person; what the other one alone had is listed, not lost', async () => {
    await tandem(labOf(), 'node-b', ['failover', 'apply', '--takeover', 'in-sync']);
    await olderCopyComesBack('written-before');
    await until(
      async () =>
        /^NOBODY SERVES: .*tandem failover claim/.test((await statusOf(labOf(), 'node-a'))?.sentence ?? ''),
      40_000,
      'node-a to say that it waits',
    );
    assert.equal(await holdsAddress(labOf(), 'node-a'), false);
    await tandem(labOf(), 'node-a', ['failover', 'claim']);
    assert.equal(await holdsAddress(labOf(), 'node-a'), true);
    await addUser(labOf(), 'node-a', 'written-after');
    await labOf().powerOn('node-b');
    await standing('node-a', 'node-b');
    for (const node of nodes) {
      const users = await look(labOf(), node, 'tandem user list');
      assert.ok(users.includes('written-after') && !users.includes('written-before'), users);
    }
    const { divergences } = (await tandem(labOf(), 'node-b', ['replica', 'divergence', 'list'])) as {
      divergences: { entries: number }[];
    };
    assert.equal(divergences.at(-1)?.entries, 1, 'it lies in the quarantine of the node that had it');
  });
}
