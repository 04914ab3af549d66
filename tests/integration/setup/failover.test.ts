import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { statusOf } from '../../../lab/demo/node-commands.ts';
import { until } from '../../../lab/demo/until.ts';
import { Lab } from '../../../lab/lab.ts';
import type { NodeName } from '../../../lab/topology.ts';

const password = 'right horse battery';
const shared = ['--virtual-address', '10.99.0.100/24', '--peer', '10.99.0.2', '--peer-password-file', '-'];

let lab: Lab;
before(async () => {
  lab = await Lab.up({ clients: 0, stateDir: `/var/lib/tandem-test-failover-${process.pid}` });
});
after(() => lab?.down());

async function run(
  host: NodeName | 'office',
  words: readonly string[],
  input?: string,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return lab.exec(host, [...words], { timeoutMs: 90_000, ...(input === undefined ? {} : { input }) });
}

async function shell(host: NodeName | 'office', line: string): Promise<string> {
  const { code, stdout, stderr } = await run(host, ['bash', '-c', line]);
  assert.equal(code, 0, `${host}: ${line}: ${stderr}`);
  return stdout;
}

type Row = { id: string; state: string; sentence: string; remedy: string | null };

/** Rows that are not good, by name; what `tandem validate` ended with. */
async function validate(
  vhid: number,
  secret: string,
): Promise<{ bad: Map<string, Row>; code: number | null }> {
  const words = ['tandem', 'validate', ...shared, '--vhid', String(vhid), '--json'];
  const { code, stdout, stderr } = await run('node-a', words, `${secret}\n`);
  assert.notEqual(stdout, '', stderr);
  const { rows } = JSON.parse(stdout) as { rows: Row[] };
  assert.ok(rows.length >= 13);
  return { code, bad: new Map(rows.filter(({ state }) => state !== 'good').map((row) => [row.id, row])) };
}

test('two machines become a pair by wizard and validation, and the pages survive a takeover', async (context) => {
  await context.test('the wizard sets both up', async () => {
    const flags = ['--batch', '--accept-terms', '--interface', 'eth0', '--admin-user', 'boss'];
    const first = await run('node-a', ['tandem', 'init', ...flags, '--admin-password-file', '-'], password);
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stdout, /Admin Web UI: https:\/\/10\.99\.0\.1:943\/\nUser name: boss/);
    const second = await run('node-b', ['tandem', 'init'], 'yes\nno\n1\n\n\n');
    assert.equal(second.code, 0, second.stderr);
    assert.match(second.stdout, /waits to be paired/);
  });

  await context.test(
    'a wrong password, no sudo, a closed port and another host key are told apart, with the remedy',
    async () => {
      const wrong = await validate(51, 'not the password');
      assert.equal(wrong.code, 78);
      assert.match(wrong.bad.get('reach')?.sentence ?? '', /user name or the password is wrong/);
      assert.ok(wrong.bad.get('reach')?.remedy?.includes('PermitRootLogin'));

      await shell('node-b', `useradd -m joe && echo 'joe:${password}' | chpasswd`);
      const set = ['tandem', 'failover', 'set', ...shared, '--vhid', '51', '--json'];
      const joe = await run('node-a', [...set, '--peer-user', 'joe'], `${password}\n`);
      assert.match(joe.stderr, /"code":"pair\.peer\.sudo"/);
      const nobody = await run('node-a', [...set, '--peer-port', '9'], `${password}\n`);
      assert.match(nobody.stderr, /"code":"pair\.ssh\.unreachable"/);
      const stranger = `SHA256:${'A'.repeat(43)}`;
      const other = await run('node-a', [...set, '--peer-fingerprint', stranger], `${password}\n`);
      assert.match(other.stderr, /"code":"pair\.ssh\.host-key"/);
      await shell('node-b', 'mv /usr/local/bin/tandem /usr/local/bin/tandem.away');
      const bare = await run('node-a', set, `${lab.password}\n`);
      assert.match(bare.stderr, /"code":"pair\.peer\.not-installed"/);
      await shell('node-b', 'mv /usr/local/bin/tandem.away /usr/local/bin/tandem');
      await shell('node-b', 'systemctl stop tandem');
      const asleep = await run('node-a', set, `${lab.password}\n`);
      assert.match(asleep.stderr, /"code":"pair\.peer\.not-set-up"/);
      await shell('node-b', 'systemctl start tandem && tandem wait-ready');
      const free = await run('node-a', ['tandem', 'failover', 'free-vhid', '--json']);
      assert.deepEqual(JSON.parse(free.stdout), { vhid: 51, used: [] });
    },
  );

  await context.test('put right, everything is good, and the pair is made', async () => {
    const fine = await validate(52, lab.password);
    assert.deepEqual([...fine.bad.values()], []);
    // However slow its heartbeat is to start, the primary node is the first to be active.
    await shell(
      'node-a',
      `mv /usr/bin/setpriv /usr/bin/setpriv.real
       printf '#!/bin/sh\ncase "$*" in *"heartbeat run"*) sleep 4;; esac\nexec setpriv.real "$@"\n' > /usr/bin/setpriv
       chmod +x /usr/bin/setpriv`,
    );
    const words = ['failover', 'set', ...shared, '--vhid', '52', '--interval-ms', '100', '--json'];
    const made = await run('node-a', ['tandem', ...words], `${lab.password}\n`);
    assert.equal(made.code, 0, made.stderr);
    assert.equal((JSON.parse(made.stdout) as { protected: boolean }).protected, true);
    const first = await statusOf(lab, 'node-a');
    assert.deepEqual([first?.role, first?.epoch], ['active', 2]);
    await shell('node-a', 'mv /usr/bin/setpriv.real /usr/bin/setpriv');
    const shown = await run('node-b', ['tandem', 'failover', 'show', '--json']);
    assert.equal((JSON.parse(shown.stdout) as { vhid: number }).vhid, 52);
  });

  await context.test('who is signed in at the virtual address still is after a takeover', async () => {
    const api = 'https://10.99.0.100:943/api/v1';
    const body = JSON.stringify({ user: 'boss', password });
    await until(
      async () => (await statusOf(lab, 'node-a'))?.protected === true,
      30_000,
      'every change to be on both nodes',
    );
    const signIn = `curl -sk -c /tmp/jar -H 'content-type: application/json' -d '${body}' ${api}/session`;
    const signedIn = JSON.parse(await shell('office', signIn)) as { user: string; csrf: string };
    assert.equal(signedIn.user, 'boss');
    const standby = await shell(
      'office',
      `curl -sk -o /tmp/out -w '%{http_code}' -H 'content-type: application/json' -d '${body}' https://10.99.0.2:943/api/v1/session`,
    );
    assert.equal(standby, '200', 'a standby lets people sign in');
    const fingerprint = `echo | openssl s_client -connect 10.99.0.100:943 2>/dev/null | openssl x509 -noout -fingerprint`;
    const before = await shell('office', fingerprint);

    await lab.powerOff('node-a');
    let after = '';
    await until(
      async () => {
        const { stdout } = await run('office', ['curl', '-skm', '2', '-b', '/tmp/jar', `${api}/session`]);
        after = stdout;
        return stdout !== '';
      },
      20_000,
      'the pages to come back',
    );
    assert.deepEqual(JSON.parse(after), signedIn);
    assert.equal(await shell('office', fingerprint), before, 'the same certificate');
    await until(
      async () => (await statusOf(lab, 'node-b'))?.role === 'active',
      20_000,
      'node-b to be active',
    );
    const changed = await shell(
      'office',
      `curl -sk -b /tmp/jar -H 'x-csrf-token: ${signedIn.csrf}' -X POST ${api}/users/boss/unblock`,
    );
    assert.deepEqual(Object.keys(JSON.parse(changed) as object), ['protected']);
  });

  await context.test('the pair is ended on both, and can be made again', async () => {
    await lab.powerOn('node-a');
    const standing = async (active: NodeName, standby: NodeName): Promise<boolean> =>
      (await statusOf(lab, active))?.protected === true && (await statusOf(lab, standby))?.role === 'standby';
    await until(() => standing('node-b', 'node-a'), 60_000, 'node-a to be back');
    const elsewhere = await run('node-b', ['tandem', 'failover', 'remove', '--json']);
    assert.match(elsewhere.stderr, /"code":"pair\.unpair\.refused"/);
    const back = await run('node-b', ['tandem', 'switchover']);
    assert.equal(back.code, 0, back.stderr);
    await until(() => standing('node-a', 'node-b'), 30_000, 'node-a to be active');
    const ended = await run('node-a', ['tandem', 'failover', 'remove', '--json']);
    assert.equal(ended.code, 0, ended.stderr);
    assert.deepEqual(JSON.parse(ended.stdout), { peer: 'node-b', peerTold: true });
    const alone = await statusOf(lab, 'node-a');
    assert.deepEqual([alone?.role, alone?.peer], ['active', null]);
    await until(async () => (await statusOf(lab, 'node-b'))?.peer === null, 20_000, 'node-b to leave');
    for (const node of ['node-a', 'node-b'] as const) {
      const keys = await run(node, ['cat', '/var/lib/tandem/.ssh/authorized_keys']);
      assert.ok(!keys.stdout.includes('tandem-replication'), `${node} lets nobody in any more`);
      assert.ok(!(await shell(node, 'ip -4 -o address show dev eth0')).includes('10.99.0.100'));
    }
    // With a key in place of the password, and the host key that was compared beforehand.
    const key = await shell('node-a', 'ssh-keygen -q -t ed25519 -N "" -f /root/way && cat /root/way.pub');
    await shell('node-b', `mkdir -p /root/.ssh && echo '${key.trim()}' >> /root/.ssh/authorized_keys`);
    const line = await shell('node-b', 'ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub');
    const fingerprint = /SHA256:\S+/.exec(line)?.[0] ?? '';
    const words = ['--virtual-address', '10.99.0.100/24', '--peer', '10.99.0.2', '--vhid', '52', '--json'];
    const proof = ['--peer-key-file', '/root/way', '--peer-fingerprint', fingerprint];
    const again = await run('node-a', ['tandem', 'failover', 'set', ...words, ...proof]);
    assert.equal(again.code, 0, again.stderr);
    const made = JSON.parse(again.stdout) as { protected: boolean; hostKeyFingerprint: string };
    assert.deepEqual([made.protected, made.hostKeyFingerprint], [true, fingerprint]);
    const twice = await run('node-a', ['tandem', 'failover', 'set', ...words, ...proof]);
    assert.match(twice.stderr, /"code":"pair\.already-paired"/);
  });
});
