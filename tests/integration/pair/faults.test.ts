import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { statusOf } from '../../../lab/demo/node-commands.ts';
import { addUser } from '../../../lab/demo/set-up.ts';
import { until } from '../../../lab/demo/until.ts';
import type { Lab } from '../../../lab/lab.ts';
import type { NodeName } from '../../../lab/topology.ts';
import { holdsAddress, labWithPair, look, pidsOf } from './pair-lab.ts';

let lab: Lab;
before(async () => {
  lab = await labWithPair('faults');
});
after(() => lab?.down());

const other = (node: NodeName): NodeName => (node === 'node-a' ? 'node-b' : 'node-a');

async function activeNode(): Promise<NodeName> {
  let active: NodeName | undefined;
  await until(
    async () => {
      const [a, b] = await Promise.all([statusOf(lab, 'node-a'), statusOf(lab, 'node-b')]);
      const roles = { 'node-a': a, 'node-b': b };
      for (const name of ['node-a', 'node-b'] as const) {
        const [here, there] = [roles[name], roles[other(name)]];
        if (here?.role === 'active' && here.protected && there?.role === 'standby') active = name;
      }
      return active !== undefined;
    },
    60_000,
    'one protected active node and one standby',
  );
  return active!;
}

interface HeartbeatView {
  state: string;
  sentence: string;
  service: { state: string; reason: string | null };
  gateway: { state: string } | null;
  peers: unknown[];
  counters: { dropped: Record<string, number> };
  transitions: unknown[];
}

async function heartbeatOf(node: NodeName): Promise<HeartbeatView> {
  const text = await look(lab, node, 'tandem heartbeat status --socket /run/tandem/heartbeat.sock');
  return JSON.parse(text) as HeartbeatView;
}

test('I4: a standby refuses a change, says who is active and exits with 75', async () => {
  const active = await activeNode();
  const standby = other(active);
  const refused = await lab.exec(
    standby,
    ['tandem', 'user', 'add', 'mallory', '--password-file', '-', '--json'],
    {
      input: 'a-long-password\n',
    },
  );
  assert.equal(refused.code, 75);
  const { error } = JSON.parse(refused.stderr);
  assert.equal(error.code, 'pair.standby');
  assert.match(
    error.message,
    new RegExp(`${standby} is standby; ${active} \\(10\\.99\\.0\\.[12]\\) is active`),
  );
  const users = await look(lab, active, 'tandem user list');
  assert.doesNotMatch(users, /mallory/);
});

test('bad input is refused with what to do next, and nothing is changed', async () => {
  const active = await activeNode();
  const attempts: [words: string[], input: string, code: number, says: RegExp][] = [
    [['user', 'add', 'Bad Name', '--password-file', '-'], 'a-long-password', 65, /cannot be a user name/],
    [['user', 'add', 'carol', '--password-file', '-'], 'short', 65, /password needs 8 to 1024 characters/],
    [['user', 'add', 'carol', '--password-file', '/nowhere'], '', 65, /\/nowhere cannot be read/],
    [['user', 'remove', 'nobody'], '', 65, /no user nobody/],
    [['profile', 'get', 'nobody'], '', 65, /no user nobody/i],
    [['user', 'frobnicate'], '', 64, /unknown command/],
    [['init', '--primary'], '', 73, /is a node already/],
    [
      [
        'failover',
        'set',
        '--virtual-address',
        '10.99.0.101/24',
        '--vhid',
        '52',
        '--peer',
        '10.99.0.2',
        '--peer-password-file',
        '-',
      ],
      'x',
      73,
      /is paired with .* already/,
    ],
  ];
  const before = await statusOf(lab, active);
  for (const [words, input, code, says] of attempts) {
    const result = await lab.exec(active, ['tandem', ...words], { input: `${input}\n`, timeoutMs: 30_000 });
    assert.match(result.stderr, says);
    assert.equal(result.code, code, `${words.join(' ')}: ${result.stderr}`);
    assert.ok(
      result.stderr.trim().split('\n').length <= 2,
      `more than a line and a next step: ${result.stderr}`,
    );
  }
  assert.deepEqual((await statusOf(lab, active))?.position, before?.position);
});

test('I1: a frozen heartbeat loses the address by its lease; thawed, it comes back as standby and nothing written is lost', async () => {
  const active = await activeNode();
  const [heartbeat] = await pidsOf(lab, active, 'heartbeat run');
  assert.ok(heartbeat);
  const written = await addUser(lab, active, 'before-the-freeze');
  assert.equal(written.protected, true);
  await look(lab, active, `kill -STOP ${heartbeat}`);
  await until(
    async () => (await statusOf(lab, other(active)))?.role === 'active',
    20_000,
    'the other node to serve',
  );
  await until(async () => !(await holdsAddress(lab, active)), 20_000, 'the kernel to take the address away');
  await until(
    async () => (await statusOf(lab, active))?.role === 'standby',
    20_000,
    'the frozen node to stop writing',
  );
  assert.equal(await holdsAddress(lab, other(active)), true);
  await look(lab, active, `kill -CONT ${heartbeat}`);
  assert.equal(await activeNode(), other(active), 'I6: the thawed node does not displace the serving one');
  assert.match(await look(lab, other(active), 'tandem user list'), /before-the-freeze/);
});

test('a killed heartbeat: the supervisor removes the address at once and starts it again as standby', async () => {
  const active = await activeNode();
  const [heartbeat] = await pidsOf(lab, active, 'heartbeat run');
  await look(lab, active, `kill -KILL ${heartbeat}`);
  await until(
    async () => (await statusOf(lab, other(active)))?.role === 'active',
    20_000,
    'the other node to serve',
  );
  assert.equal(await holdsAddress(lab, active), false);
  assert.equal(await activeNode(), other(active));
});

test('a killed server comes back by itself and the address stays where it is', async () => {
  const active = await activeNode();
  const [server] = await pidsOf(lab, active, 'server-main.ts');
  await look(lab, active, `kill -KILL ${server}`);
  await until(async () => (await statusOf(lab, active)) !== undefined, 20_000, 'the server to answer again');
  assert.equal(await holdsAddress(lab, active), true);
  assert.equal(await activeNode(), active);
});

test('a killed supervisor takes everything with it; the other node serves and the service comes back as standby', async () => {
  const active = await activeNode();
  const [supervisor] = await pidsOf(lab, active, 'cli/main.ts run');
  await look(lab, active, `kill -KILL ${supervisor}`);
  await until(
    async () => (await statusOf(lab, other(active)))?.role === 'active',
    20_000,
    'the other node to serve',
  );
  assert.equal(await activeNode(), other(active));
  assert.equal((await pidsOf(lab, active, 'heartbeat run')).length, 1);
  assert.equal((await pidsOf(lab, active, '^openvpn --config')).length, 1);
});

test('advertisements are signed with a key that only the two nodes have', async () => {
  const keys = '/var/lib/tandem/heartbeat-keys.json';
  const [a, b] = await Promise.all(
    (['node-a', 'node-b'] as const).map((node) => look(lab, node, `stat -c '%a %U' ${keys}; cat ${keys}`)),
  );
  assert.match(a!, /^600 tandem\n\{"keys":\[\{"id":1,"key":"hex:[0-9a-f]{64}"\}\],"activeKey":1\}$/);
  assert.equal(a, b);
  const key = /hex:([0-9a-f]{64})/.exec(a!)![1]!;
  for (const node of ['node-a', 'node-b'] as const) {
    const config = JSON.parse(await look(lab, node, 'cat /run/tandem/heartbeat.json'));
    assert.equal(config.authentication.mode, 'enforce');
    assert.equal(config.track.gateway, '10.99.0.254');
    // It is in no data that leaves the node, and in no log.
    assert.equal(
      await look(
        lab,
        node,
        `grep -rl '[${key[0]}]${key.slice(1)}' /var/lib/tandem/store /var/log /proc/[0-9]*/cmdline`,
      ),
      '',
    );
  }
  const standby = other(await activeNode());
  // One that was just started does not answer yet.
  const view = (): Promise<HeartbeatView | undefined> => heartbeatOf(standby).catch(() => undefined);
  const heard = async (): Promise<boolean> => (await view())?.peers.length === 1;
  await until(heard, 20_000, 'the standby to hear the active node');
  assert.deepEqual((await heartbeatOf(standby)).counters.dropped, {});
});

test('an OpenVPN that hangs is ended and started anew, and nobody moves', async () => {
  const active = await activeNode();
  const [openvpn] = await pidsOf(lab, active, '^openvpn --config');
  await look(lab, active, `kill -STOP ${openvpn}`);
  await until(
    async () => {
      const [now] = await pidsOf(lab, active, '^openvpn --config');
      return now !== undefined && now !== openvpn;
    },
    60_000,
    'another OpenVPN',
  );
  assert.equal(await activeNode(), active);
});

test('an OpenVPN that stays away is as bad as a dead node: the other one takes over, and the first heals', async () => {
  const active = await activeNode();
  const [openvpn] = await pidsOf(lab, active, '^openvpn --config');
  await look(lab, active, 'mv /usr/sbin/openvpn /usr/sbin/openvpn.away');
  await look(lab, active, `kill -KILL ${openvpn}`);
  await until(
    async () => (await heartbeatOf(active)).service.state === 'broken',
    60_000,
    'the heartbeat to be told',
  );
  assert.match((await heartbeatOf(active)).service.reason ?? '', /OpenVPN has not answered for \d+ s/);
  assert.equal(await activeNode(), other(active));
  await look(lab, active, 'mv /usr/sbin/openvpn.away /usr/sbin/openvpn');
  await until(
    async () => (await heartbeatOf(active)).service.state === 'healthy',
    90_000,
    'OpenVPN to be started anew',
  );
  assert.equal(await activeNode(), other(active), 'and it does not take the role back');
});

test('a node in maintenance hands over, and stays out of it when its service starts again', async () => {
  const active = await activeNode();
  assert.match(await look(lab, active, 'tandem maintenance on'), /^The other node is active now\./);
  assert.equal(await activeNode(), other(active));
  assert.match((await heartbeatOf(active)).sentence, /maintenance/);
  await look(lab, active, 'systemctl restart tandem && tandem wait-ready');
  await until(
    () =>
      heartbeatOf(active).then(
        ({ sentence }) => /maintenance/.test(sentence),
        () => false,
      ),
    30_000,
    'the maintenance after a restart',
  );
  assert.match(await look(lab, active, 'tandem maintenance off'), /has ended/);
  assert.doesNotMatch((await heartbeatOf(active)).sentence, /maintenance/);
});

test('a gateway that is gone for both nodes moves nothing', async () => {
  const active = await activeNode();
  const changes = async () => {
    const both = await Promise.all([heartbeatOf('node-a'), heartbeatOf('node-b')]);
    return both.map(({ transitions }) => transitions.length);
  };
  const before = await changes();
  await lab.exec('gateway', ['ip', 'link', 'set', 'eth0', 'down']);
  try {
    for (const node of [active, other(active)])
      await until(
        async () => (await heartbeatOf(node)).gateway?.state === 'gone',
        20_000,
        `${node} to miss the gateway`,
      );
    assert.match((await heartbeatOf(active)).sentence, /the gateway 10\.99\.0\.254 does not answer/);
    for (let look = 0; look < 10; look += 1) {
      assert.deepEqual(await changes(), before);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  } finally {
    await lab.exec('gateway', ['ip', 'link', 'set', 'eth0', 'up']);
  }
  await until(
    async () => (await heartbeatOf(active)).gateway?.state === 'reachable',
    20_000,
    'the gateway to answer again',
  );
  assert.deepEqual(await changes(), before);
});

test('a node that is cut off from everybody, with its cable in, does not serve', async () => {
  const active = await activeNode();
  const chain = (hook: string) =>
    `nft add chain netdev cut ${hook} '{ type filter hook ${hook} device eth0 priority 0; policy drop; }'`;
  await look(lab, active, `nft add table netdev cut && ${chain('ingress')} && ${chain('egress')}`);
  try {
    await until(
      async () => (await heartbeatOf(active)).state === 'fault',
      30_000,
      'the node to find that it is isolated',
    );
    assert.match((await heartbeatOf(active)).sentence, /it is isolated/);
    assert.equal(await holdsAddress(lab, active), false);
    await until(
      async () => (await statusOf(lab, other(active)))?.role === 'active',
      20_000,
      'the other node to serve',
    );
  } finally {
    await look(lab, active, 'nft delete table netdev cut');
  }
  assert.equal(await activeNode(), other(active));
});

test('a killed OpenVPN is started again', async () => {
  const active = await activeNode();
  const [openvpn] = await pidsOf(lab, active, '^openvpn --config');
  await look(lab, active, `kill -KILL ${openvpn}`);
  await until(
    async () => {
      const pid = (await statusOf(lab, active))?.openvpn[0]?.pid;
      return pid != null && String(pid) !== openvpn;
    },
    20_000,
    'another OpenVPN process',
  );
  assert.equal((await statusOf(lab, active))?.role, 'active', 'a restart is no reason to move');
});

test('I8: no password or key in arguments, logs or files that others can read', async () => {
  const active = await activeNode();
  const secret = 'correct-horse-battery-staple';
  const added = await lab.exec(active, ['tandem', 'user', 'add', 'dave', '--password-file', '-'], {
    input: `${secret}\n`,
  });
  assert.equal(added.code, 0, added.stderr);
  for (const node of ['node-a', 'node-b'] as const) {
    assert.equal(
      await look(
        lab,
        node,
        `grep -rl -e ${secret.replace('-', '[-]')} -e 'PRIVATE[ ]KEY' /var/log /proc/[0-9]*/cmdline 2>/dev/null`,
      ),
      '',
    );
    const readable = `find /var/lib/tandem /run/tandem /etc/tandem -type f -perm /o=r -not -name node.json -not -name '*.pub'`;
    assert.equal(await look(lab, node, readable), '');
  }
});

test("OpenVPN, once it has dropped its privileges, can read its clients' files and nothing of the data", async () => {
  const active = await activeNode();
  const [pid] = await pidsOf(lab, active, '^openvpn --config');
  assert.equal(await look(lab, active, `ps -o user= -p ${pid}`), 'tandem-vpn');
  const as = (line: string) =>
    look(lab, active, `setpriv --reuid tandem-vpn --regid tandem-vpn --clear-groups ${line} 2>&1`);
  assert.match(await as('ls /var/lib/tandem/openvpn/revoked'), /^[\d\s]*$/);
  assert.match(await as('ls /var/lib/tandem/openvpn/ccd'), /:default|^DEFAULT$/);
  for (const path of [
    '/var/lib/tandem/store/tandem.db',
    '/var/lib/tandem/.ssh/replication_ed25519',
    '/run/tandem/openvpn/udp/server.key',
    '/run/tandem/server/api.sock',
  ]) {
    assert.match(await as(`cat ${path}`), /Permission denied/, path);
  }
});

test('I9: stopping the service undoes what the node changed in the kernel, and the other node serves', async () => {
  const active = await activeNode();
  const changed =
    'sysctl -n net.ipv4.ip_forward net.ipv4.ip_nonlocal_bind; nft list tables; ip -br link show type tun';
  assert.match(await look(lab, active, changed), /^1\n1\ntable inet tandem\ntandem0/);
  await look(lab, active, 'systemctl stop tandem');
  assert.equal(await look(lab, active, changed), '0\n0');
  assert.equal(await holdsAddress(lab, active), false);
  assert.equal(await look(lab, active, 'ls /run/tandem'), '');
  await until(
    async () => (await statusOf(lab, other(active)))?.role === 'active',
    20_000,
    'the other node to serve',
  );
  await look(lab, active, 'systemctl start tandem');
  assert.equal(await activeNode(), other(active));
});

test('both nodes lose their power and come back: one serves, with everything that was acknowledged', async () => {
  const active = await activeNode();
  assert.equal((await addUser(lab, active, 'before-the-blackout')).protected, true);
  await Promise.all([lab.powerOff('node-a'), lab.powerOff('node-b')]);
  await lab.powerOn('node-a');
  await lab.powerOn('node-b');
  const serving = await activeNode();
  assert.match(await look(lab, serving, 'tandem user list'), /before-the-blackout/);
});
