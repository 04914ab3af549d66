import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { typeLines } from '../../../lab/demo/typed.ts';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../../..');
const tandem = `${root}/bin/tandem`;
const password = 'right horse battery';

/** A machine with one LAN address, folders of its own where the wizard writes, and no services: it ends with the command. */
const onMachine = (line: string): string[] => [
  '--net',
  '--mount',
  'bash',
  '-euc',
  `layer=$(mktemp -d); mount -t tmpfs none $layer
   for part in etc var/lib; do
     mkdir -p $layer/$part/up $layer/$part/work
     mount -t overlay overlay -o lowerdir=/$part,upperdir=$layer/$part/up,workdir=$layer/$part/work /$part
   done
   rm -rf /etc/tandem /var/lib/tandem
   mkdir $layer/bin; ln -s /bin/true $layer/bin/systemctl; PATH=$layer/bin:$PATH
   ip link add lan0 type veth peer name lan1; ip link set lan1 up
   ip address add 10.9.9.1/24 dev lan0; ip link set lan0 up
   ${line}`,
];

/** What stands on the disk in the end, without what is made anew each time. */
const told = `${root}/node_modules/.bin/node --disable-warning=ExperimentalWarning -e '
  const { DatabaseSync } = require("node:sqlite");
  const { nodeId, ...node } = JSON.parse(require("node:fs").readFileSync("/etc/tandem/node.json", "utf8"));
  const store = new DatabaseSync("/var/lib/tandem/store/tandem.db", { readOnly: true });
  const settings = store.prepare("SELECT name, value FROM setting ORDER BY name").all();
  const users = store.prepare("SELECT name, administrator, properties FROM user ORDER BY name").all();
  console.log("\\n" + JSON.stringify({ node, settings, users }));
'`;

/** Of every file that makes this machine a node. */
const sums = 'find /etc/tandem /var/lib/tandem -type f -exec sha256sum {} + | sort | sha256sum';

async function bash(line: string, ...words: string[]): Promise<string> {
  return (await run('unshare', [...onMachine(line), 'machine', ...words], { timeout: 120_000 })).stdout;
}

function resultIn(output: string): Record<string, unknown> {
  const text = output.slice(output.lastIndexOf('\n{') + 1);
  return JSON.parse(text.replaceAll('\r', '')) as Record<string, unknown>;
}

function typeInTerminal(words: string, lines: readonly string[], then = ''): Promise<string> {
  const machine = onMachine(`script -qec "${tandem} init ${words}" /dev/null; ${then}`);
  return typeLines(spawn('unshare', machine, { stdio: ['pipe', 'pipe', 'inherit'] }), lines);
}

describe('tandem init', () => {
  it('makes the same node through a terminal, by a pipe, by flags and from a file', async () => {
    const lines = ['yes', 'yes', '', '', '9443', '', 'vpn.example.com', '', '', 'boss', password, password];
    const flags = '--accept-terms --web-port 9443 --host vpn.example.com --admin-user boss';
    const file = `accept-terms=yes\nweb-port=9443\nhost=vpn.example.com\nadmin-user=boss\nadmin-password=${password}\n`;
    const [typed, ...others] = await Promise.all([
      typeInTerminal('--no-start', lines, told),
      bash(`printf '%s\\n' "$@" | ${tandem} init --no-start; ${told}`, ...lines),
      bash(
        `printf '%s' "$1" | ${tandem} init --batch ${flags} --admin-password-file - --no-start; ${told}`,
        password,
      ),
      bash(`printf '%s' "$1" | ${tandem} init --batch --answers - --no-start; ${told}`, file),
    ]);
    assert.match(typed, /Will this be the primary node\?/);
    assert.match(typed, /\(1\) lan0: 10\.9\.9\.1\/24/);
    assert.ok(!typed.includes(password), 'a password is not shown while it is typed');
    for (const output of [typed, ...others]) {
      assert.match(output, /Admin Web UI: https:\/\/10\.9\.9\.1:9443\/\r?\nUser name: boss/);
      assert.match(output, /Its log: journalctl -u tandem/);
      assert.deepEqual(resultIn(output), resultIn(typed));
    }
    const { node, users } = resultIn(typed) as { node: Record<string, unknown>; users: object[] };
    assert.deepEqual([node['start'], node['address'], users.length], ['primary', '10.9.9.1', 1]);
  });

  it('leaves what was there until DELETE was typed and every question answered, however it ends', async () => {
    const set = `${tandem} init --batch --accept-terms --admin-user first --no-start > /dev/null`;
    const attempts = [
      // Not typed in capitals; ended; interrupted while it asks.
      `printf 'delete\\nyes\\n' | ${tandem} init --no-start || true`,
      `printf 'DELETE\\nyes\\nno\\n' | ${tandem} init --no-start || true`,
      `timeout --signal=INT 3 ${tandem} init --no-start < <(printf 'DELETE\\nyes\\n'; sleep 6) || true`,
      `${tandem} init --batch --accept-terms --no-start || true`,
      `${tandem} init --batch --accept-terms --erase DELETE --dry-run`,
      // Killed between setting the old aside and writing the new.
      `mv /etc/tandem/node.json /etc/tandem/node.json.before-init; mv /var/lib/tandem /var/lib/tandem.before-init
       mkdir /var/lib/tandem; touch /var/lib/tandem/half; ${tandem} init --batch --accept-terms --no-start || true`,
    ];
    const line = [
      ...[set, `before=$(${sums})`],
      ...attempts.map(
        (one, index) => `{ ${one}; } 2>&1; [[ $before == $(${sums}) ]] || echo "CHANGED by ${index}"`,
      ),
      `printf 'DELETE\\nyes\\nno\\n\\n\\n\\n' | ${tandem} init --no-start; cat /etc/tandem/node.json; ls -A /etc/tandem /var/lib`,
    ].join('\n');
    const output = await bash(line);
    assert.doesNotMatch(output, /CHANGED/);
    assert.match(output, /Only DELETE, in capitals, deletes it/);
    assert.match(output, /Interrupted\. Nothing was changed/);
    assert.match(output, /Nothing was changed\. This would be set up:/);
    assert.match(output, /is a node already/);
    assert.match(output, /"start": "failover"/);
    assert.doesNotMatch(output, /before-init/);
  });

  it('refuses what is no answer, with a code and the next step', async () => {
    const refusals: [words: string, code: string][] = [
      ['', 'setup.answer'],
      ['--accept-terms --interface lan7', 'setup.answer'],
      ['--accept-terms --web-port 0', 'setup.answer'],
      ['--accept-terms --tcp-port 943', 'setup.answer'],
      ['--accept-terms --network 10.8.0.0/31', 'setup.vpn'],
      ['--accept-terms --key-type dsa', 'setup.key-type'],
      ['--accept-terms --ca-key /nonexistent', 'setup.authority-half'],
      ['--accept-terms --ca-key /nonexistent --ca-certificate /nonexistent', 'setup.authority'],
      ['--primary --follower', 'setup.start'],
      ['--answers /nonexistent', 'setup.answers-file.unreadable'],
      ['--answers <(echo colour=blue)', 'setup.answers-file'],
      ['--accept-terms --admin-password-file /nonexistent', 'secret.unreadable'],
      ['--accept-terms --admin-password-file <(printf short)', 'setup.answer'],
    ];
    const line = refusals
      .map(
        ([words], index) =>
          `{ ${tandem} init --batch --no-start --json ${words} 2> $layer/${index} || true; } &`,
      )
      .join('\n');
    const last = `wait; for index in ${refusals.map((_, index) => index).join(' ')}; do tail -n 1 $layer/$index; done
      setpriv --reuid 65534 --clear-groups ${tandem} init --batch --json 2>&1 || true; ls /etc/tandem 2>&1 || true`;
    const answers = (await bash(`${line}\n${last}`)).trim().split('\n');
    for (const [index, [words, code]] of refusals.entries()) {
      const { error } = JSON.parse(answers[index] ?? '') as { error: { code: string; hint: string } };
      assert.equal(error.code, code, words);
      assert.ok(error.hint.length > 10, words);
    }
    assert.match(answers[refusals.length] ?? '', /"code":"setup\.not-root"/);
    assert.match(answers.at(-1) ?? '', /No such file/, 'nothing was written');
  });
});
