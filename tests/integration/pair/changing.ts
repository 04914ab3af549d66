import assert from 'node:assert/strict';
import { test } from 'node:test';
import { standsBy, statusOf, tandem } from '../../../lab/demo/node-commands.ts';
import { until } from '../../../lab/demo/until.ts';
import type { Lab } from '../../../lab/lab.ts';
import type { NodeName } from '../../../lab/topology.ts';
import { look, pidsOf } from './pair-lab.ts';

/** What becomes of a pair that is changed, with whom dying in the middle; on a lab that others use too. */
export function changingAPair(labOf: () => Lab): void {
  const nodes = ['node-a', 'node-b'] as const;

  interface HeartbeatView {
    state: string;
    vhid: number;
    change: object | null;
    warnings: string[];
    counters: { becameActive: number };
  }

  async function heartbeatOf(node: NodeName): Promise<HeartbeatView> {
    const text = await look(labOf(), node, 'tandem heartbeat status --socket /run/tandem/heartbeat.sock');
    return JSON.parse(text) as HeartbeatView;
  }

  async function apply(words: readonly string[]): Promise<{ state: string; reconnecting: number }> {
    return (await tandem(labOf(), 'node-a', ['failover', 'apply', ...words])) as never;
  }

  async function held(node: NodeName): Promise<string> {
    return look(
      labOf(),
      node,
      "ip -4 -o address show dev eth0 | grep -o '10\\.99\\.0\\.10[0-9]/24' | sort | tr '\\n' ' '",
    );
  }

  /** Both nodes have left the change behind, and hold to one form. */
  async function settled(vhid: number): Promise<void> {
    for (const node of nodes)
      await until(
        async () => {
          // One that was just started does not answer yet.
          const view = await heartbeatOf(node).catch(() => undefined);
          const noted = await look(labOf(), node, 'ls /var/lib/tandem/pair-change.json 2>/dev/null');
          return view?.vhid === vhid && view.change === null && noted === '';
        },
        40_000,
        `${node} to have settled on VHID ${vhid}`,
      );
  }

  /** Does something on a node in the very moment in which it has noted a change, which is over soon. */
  async function onceNoted(node: NodeName, command: string): Promise<void> {
    const wait = 'until [ -e /var/lib/tandem/pair-change.json ]; do sleep 0.01; done';
    assert.equal(
      await look(labOf(), node, `timeout 15 bash -c '${wait}' && ${command} && echo noted`),
      'noted',
    );
  }

  async function standing(active: NodeName, standby: NodeName): Promise<void> {
    await until(
      async () =>
        (await statusOf(labOf(), active))?.protected === true && standsBy(await statusOf(labOf(), standby)),
      60_000,
      `${active} to be active and protected`,
    );
  }

  test('VHID, timing, priorities and key change while nobody loses a ping', async () => {
    if ((await statusOf(labOf(), 'node-a'))?.role !== 'active')
      await tandem(labOf(), 'node-b', ['switchover']);
    await standing('node-a', 'node-b');
    const dry = await apply(['--vhid', '61', '--dry-run']);
    assert.equal(dry.state, 'planned');
    await labOf().exec('office', ['ping', '-c1', '-W2', '10.99.0.100']);
    const pinging = labOf().exec('office', ['ping', '-i', '0.01', '-w', '4', '-q', '10.99.0.100'], {
      timeoutMs: 30_000,
    });
    const done = await apply(['--vhid', '61', '--interval-ms', '200', '--priority', 'node-a=120']);
    assert.deepEqual([done.state, done.reconnecting], ['done', 0]);
    const key = (await tandem(labOf(), 'node-a', ['failover', 'rotate-key'])) as { state: string };
    assert.equal(key.state, 'done');
    const { stdout } = await pinging;
    const [, sent, received] = /(\d+) packets transmitted, (\d+) received/.exec(stdout) ?? [];
    assert.ok(Number(sent) - Number(received) <= 1, stdout);
    await settled(61);
  });

  test('the virtual address changes: said before, both forms in one moment, OpenVPN on the new one', async () => {
    const dry = (await apply(['--virtual-address', '10.99.0.101/24', '--dry-run'])) as unknown as {
      notices: string[];
    };
    assert.match(dry.notices.join('\n'), /OpenVPN starts anew on 10\.99\.0\.101: 0 client\(s\) reconnect/);
    assert.equal((await apply(['--virtual-address', '10.99.0.101/24'])).state, 'done');
    await settled(61);
    assert.deepEqual([await held('node-a'), await held('node-b')], ['10.99.0.101/24', '']);
    for (const node of nodes)
      await until(
        async () => (await look(labOf(), node, 'ss -Huln sport = :1194')).includes('10.99.0.101:'),
        20_000,
        'OpenVPN on the new address',
      );
    assert.equal((await apply(['--virtual-address', '10.99.0.100/24'])).state, 'done');
  });

  test('the standby dies in the middle: it comes back and follows; nobody else claims', async () => {
    await standing('node-a', 'node-b');
    const [server] = await pidsOf(labOf(), 'node-b', 'server-main.ts');
    // It notes and prepares the change, and is cut off before the commit reaches it.
    const before = await heartbeatOf('node-a');
    const noted = onceNoted('node-b', `kill -STOP ${server}`);
    const changing = apply(['--vhid', '62']).catch((error: unknown) => error);
    await noted;
    await labOf().powerOff('node-b');
    await changing;
    await labOf().powerOn('node-b');
    await standing('node-a', 'node-b');
    const { vhid } = await heartbeatOf('node-a');
    await settled(vhid);
    assert.equal((await heartbeatOf('node-a')).counters.becameActive, before.counters.becameActive);
    assert.deepEqual([await held('node-a'), await held('node-b')], ['10.99.0.100/24', '']);
  });

  test('the active node dies in the middle: the other serves, and the dead one comes back as standby', async () => {
    await standing('node-a', 'node-b');
    const [server] = await pidsOf(labOf(), 'node-a', 'server-main.ts');
    const noted = onceNoted('node-a', `kill -STOP ${server}`);
    const changing = apply(['--vhid', '63']).catch((error: unknown) => error);
    await noted;
    await labOf().powerOff('node-a');
    await changing;
    await until(
      async () => (await statusOf(labOf(), 'node-b'))?.role === 'active',
      20_000,
      'node-b to serve',
    );
    await labOf().powerOn('node-a');
    await standing('node-b', 'node-a');
    const { vhid } = await heartbeatOf('node-b');
    await settled(vhid);
    assert.deepEqual([await held('node-a'), await held('node-b')], ['', '10.99.0.100/24']);
  });

  test('the keys of the link change in both directions, and the old ones are not let in any more', async () => {
    const authorized = '/var/lib/tandem/.ssh/authorized_keys';
    const before = await Promise.all(nodes.map((node) => look(labOf(), node, `cat ${authorized}`)));
    const answer = (await tandem(labOf(), 'node-b', ['replica', 'rotate-key'])) as { peer: string };
    assert.equal(answer.peer, 'node-a');
    const lines = await Promise.all(nodes.map((node) => look(labOf(), node, `cat ${authorized}`)));
    for (const [index, line] of lines.entries()) {
      assert.equal(line.split('\n').length, 1, line);
      assert.notEqual(line, before[index]);
    }
    const owns = await Promise.all(
      nodes.map((node) => look(labOf(), node, 'ssh-keygen -yf /var/lib/tandem/.ssh/replication_ed25519')),
    );
    for (const [index, own] of owns.entries())
      assert.ok(
        lines[1 - index]?.includes(own.split(' ')[1] ?? '?'),
        'each lets the key in that the other has',
      );
    // The next connection is with it: the link is made anew by the restart below.
  });

  test('without its keys a node says so and takes no part, and comes back with them', async () => {
    const keys = '/var/lib/tandem/heartbeat-keys.json';
    await look(labOf(), 'node-a', `mv ${keys} ${keys}.away; systemctl restart tandem; tandem wait-ready`);
    await until(
      async () =>
        /node-a lacks the keys of its heartbeat.*would speak unsigned/.test(
          (await statusOf(labOf(), 'node-a'))?.sentence ?? '',
        ),
      20_000,
      'node-a to say what is missing',
    );
    assert.deepEqual(await pidsOf(labOf(), 'node-a', 'heartbeat run'), []);
    await look(labOf(), 'node-a', `mv ${keys}.away ${keys}`);
    await until(
      async () => (await heartbeatOf('node-a').catch(() => undefined))?.state === 'standby',
      20_000,
      'node-a to take part again',
    );
    await standing('node-b', 'node-a');
  });
}
