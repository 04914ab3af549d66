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

async function shell(host: NodeName | 'office', line: string, ...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(host, ['bash', '-c', line, ...words]);
  assert.equal(code, 0, `${host}: ${line}: ${stderr}`);
  return stdout;
}

/** What `failover set` says on standard error with these words more. */
async function refusal(more: readonly string[], secret = lab.password): Promise<string> {
  const set = ['tandem', 'failover', 'set', ...shared, '--vhid', '51', '--json', ...more];
  return (await run('node-a', set, `${secret}\n`)).stderr;
}

async function refused(said: Promise<string>, code: string, remedy: RegExp): Promise<void> {
  const { error } = JSON.parse(await said) as { error: { code: string; message: string; hint: string } };
  assert.equal(error.code, code, error.message);
  assert.match(error.hint, remedy);
  assert.match(error.message, /othing was changed/);
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
    'wrong password, no sudo, firewall, closed port, other host key and other version are told apart, with the remedy',
    async () => {
      // What comes to port 2222 is dropped without a word, as by a firewall.
      await shell(
        'node-b',
        "nft 'add table ip wall; add chain ip wall input { type filter hook input priority 0; }; add rule ip wall input tcp dport 2222 drop'",
      );
      const walled = refusal(['--peer-port', '2222']);
      const wrong = await validate(51, 'not the password');
      assert.equal(wrong.code, 78);
      assert.match(wrong.bad.get('reach')?.sentence ?? '', /user name or the password is wrong/);
      assert.ok(wrong.bad.get('reach')?.remedy?.includes('PermitRootLogin'));

      await shell('node-b', `useradd -m joe && echo 'joe:${password}' | chpasswd`);
      await Promise.all([
        refused(walled, 'pair.ssh.no-answer', /let TCP port 2222 pass/),
        refused(refusal([], 'wrong'), 'pair.ssh.refused', /PermitRootLogin/),
        refused(refusal(['--peer-user', 'joe'], password), 'pair.peer.sudo', /usermod .* joe/),
        refused(refusal(['--peer-port', '9']), 'pair.ssh.unreachable', /Start sshd there/),
        refused(
          refusal(['--peer-fingerprint', `SHA256:${'A'.repeat(43)}`]),
          'pair.ssh.host-key',
          /ssh-keygen -lf/,
        ),
        refused(
          refusal(['--second-path', 'own=eth9,192.168.7.1', 'peer=eth1,192.168.7.2']),
          'pair.change.second-path',
          /ip -brief address/,
        ),
        refused(
          refusal(['--second-path', 'own=eth1,192.168.7.1', 'peer=eth9,192.168.7.2']),
          'pair.change.second-path',
          /See the interfaces of node-b/,
        ),
        refused(refusal(['--multicast', 'off', '--unicast', 'off']), 'pair.change.invalid', /Leave one/),
      ]);
      // A primary node of another version: its request is what the second node judges it by.
      const tandem = '/usr/local/bin/tandem';
      const older = `#!/bin/sh\nsed 's/"productVersion":"[^"]*"/"productVersion":"0.0.1"/' | ${tandem}.away "$@"\n`;
      await shell('node-b', `mv ${tandem} ${tandem}.away`);
      await refused(refusal([]), 'pair.peer.not-installed', /Install Tandem there/);
      await shell('node-b', `printf '%b' "$0" > ${tandem} && chmod +x ${tandem}`, older);
      await refused(refusal([]), 'pair.peer.version', /same version on both/);
      await shell('node-b', `mv ${tandem}.away ${tandem} && systemctl stop tandem`);
      await refused(refusal([]), 'pair.peer.not-set-up', /tandem init/);
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
    // This time as a user who may use sudo.
    await shell('node-b', 'usermod --append --groups sudo joe');
    const words = ['failover', 'set', ...shared, '--vhid', '52', '--preset', 'fast', '--peer-user', 'joe'];
    const made = await run('node-a', ['tandem', ...words, '--json'], `${password}\n`);
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

  await context.test('a pair that was ended can be made again at once', async () => {
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
    const proof = await keyAndFingerprint('node-a', 'node-b');
    // At once: node-b may still be leaving the pair that was. With everything that can be said of one.
    const words = ['--virtual-address', '10.99.0.100/24', '--peer', '10.99.0.2', '--vhid', '52', '--json'];
    const tuning = [
      '--gateway',
      '10.99.0.254',
      '--preempt',
      '60',
      '--interval-ms',
      '200',
      '--multicast',
      'off',
    ];
    const second = ['--second-path', 'own=eth1,192.168.7.1', 'peer=eth1,192.168.7.2'];
    const again = await run('node-a', [
      'tandem',
      'failover',
      'set',
      ...words,
      ...proof,
      ...tuning,
      ...second,
    ]);
    assert.equal(again.code, 0, again.stderr);
    const made = JSON.parse(again.stdout) as { protected: boolean; hostKeyFingerprint: string };
    assert.deepEqual([made.protected, made.hostKeyFingerprint], [true, proof.at(-1)]);
    const { stdout } = await run('node-b', ['tandem', 'failover', 'show', '--json']);
    const { timing, multicast, unicast, gateway, preemptDelaySeconds, nodes } = JSON.parse(
      stdout,
    ) as PairShown;
    assert.deepEqual(
      [timing.advertisementIntervalMs, multicast, unicast, gateway, preemptDelaySeconds],
      [200, false, true, '10.99.0.254', 60],
    );
    assert.deepEqual(
      nodes.map((one) => one.second?.address),
      ['192.168.7.1', '192.168.7.2'],
    );
    const { heartbeat } = JSON.parse((await run('node-a', ['tandem', 'status', '--json'])).stdout) as {
      heartbeat: { paths: { name: string; open: boolean }[] };
    };
    assert.equal(heartbeat.paths.filter(({ open }) => open).length, 2, JSON.stringify(heartbeat.paths));
    const twice = await run('node-a', ['tandem', 'failover', 'set', ...words, ...proof]);
    assert.match(twice.stderr, /"code":"pair\.already-paired"/);
  });

  await context.test('a primary that is gone for good is replaced by another machine', async () => {
    const remove = ['tandem', 'failover', 'remove', '--peer-gone', '--json'];
    assert.match((await run('node-b', remove)).stderr, /"code":"pair\.standby"/);
    assert.equal((await run('node-a', ['tandem', 'switchover'])).code, 0);
    await until(async () => (await statusOf(lab, 'node-b'))?.protected === true, 30_000, 'node-b to serve');
    assert.match((await run('node-b', remove)).stderr, /"code":"pair\.unpair\.peer-answers"/);

    await lab.powerOff('node-a');
    await until(
      async () => (await statusOf(lab, 'node-b'))?.peer?.connected === false,
      30_000,
      'node-a to be gone',
    );
    const ended = await run('node-b', remove);
    assert.equal(ended.code, 0, ended.stderr);
    assert.deepEqual(JSON.parse(ended.stdout), { peer: 'node-a', peerTold: false });
    await lab.powerOff('node-b');
    await lab.powerOn('node-b');
    const serves = async (): Promise<boolean> => (await statusOf(lab, 'node-b'))?.role === 'active';
    await until(serves, 30_000, 'node-b to serve alone, also after a start');

    // Another machine in its place: nothing of the old one is on it.
    await lab.powerOn('node-a');
    const words = ['--batch', '--accept-terms', '--failover', '--interface', 'eth0', '--erase', 'DELETE'];
    const anew = await run('node-a', ['tandem', 'init', ...words]);
    assert.equal(anew.code, 0, anew.stderr);
    const again = await run('node-b', [
      ...['tandem', 'failover', 'set', '--virtual-address', '10.99.0.100/24', '--peer', '10.99.0.1'],
      ...['--vhid', '53', '--json', ...(await keyAndFingerprint('node-b', 'node-a'))],
    ]);
    assert.equal(again.code, 0, again.stderr);
    assert.equal((JSON.parse(again.stdout) as { protected: boolean }).protected, true);
    assert.match((await run('node-a', remove)).stderr, /"code":"pair\.standby"/);
  });

  await context.test('the pair is ended on both', async () => {
    const ended = await run('node-b', ['tandem', 'failover', 'remove', '--json']);
    assert.equal(ended.code, 0, ended.stderr);
    await until(async () => (await statusOf(lab, 'node-a'))?.peer === null, 20_000, 'node-a to leave');
    for (const node of ['node-a', 'node-b'] as const) {
      const keys = await run(node, ['cat', '/var/lib/tandem/.ssh/authorized_keys']);
      assert.ok(!keys.stdout.includes('tandem-replication'), `${node} lets nobody in any more`);
      assert.ok(!(await shell(node, 'ip -4 -o address show dev eth0')).includes('10.99.0.100'));
    }
  });
});

interface PairShown {
  readonly timing: { readonly advertisementIntervalMs: number };
  readonly multicast: boolean;
  readonly unicast: boolean;
  readonly gateway: string | null;
  readonly preemptDelaySeconds: number | null;
  readonly nodes: readonly { readonly second: { readonly address: string } | null }[];
}

/** Lets root of node-a in on node-b by a key, and reads there what node-b is known by. */
async function keyAndFingerprint(from: NodeName, to: NodeName): Promise<string[]> {
  const key = await shell(from, 'ssh-keygen -q -t ed25519 -N "" -f /root/way && cat /root/way.pub');
  await shell(to, `mkdir -p /root/.ssh && echo '${key.trim()}' >> /root/.ssh/authorized_keys`);
  const line = await shell(to, 'ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub');
  return ['--peer-key-file', '/root/way', '--peer-fingerprint', /SHA256:\S+/.exec(line)?.[0] ?? ''];
}
