import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { typeLines } from '../../../lab/demo/typed.ts';

const run = promisify(execFile);
const tandem = resolve(import.meta.dirname, '../../../bin/tandem');
const password = 'right horse battery';

/** A machine with one LAN address, as far as the wizard can see: a network namespace that ends with the command. */
const onMachine = (line: string): string[] => [
  '--net',
  '--mount',
  'bash',
  '-ec',
  `mount -t tmpfs none /etc/tandem 2>/dev/null || true; ip link add lan0 type veth peer name lan1; ip link set lan1 up; ip address add 10.9.9.1/24 dev lan0; ip link set lan0 up; ${line}`,
];

/** What a dry run would do, without what is made anew each time. */
function planIn(output: string): Record<string, unknown> {
  const text = output.slice(output.lastIndexOf('\n{') + 1);
  return JSON.parse(text.replaceAll('\r', '')) as Record<string, unknown>;
}

function typeInTerminal(lines: readonly string[]): Promise<string> {
  const machine = onMachine(`script -qec "${tandem} init --dry-run --json" /dev/null`);
  return typeLines(spawn('unshare', machine, { stdio: ['pipe', 'pipe', 'inherit'] }), lines);
}

describe('tandem init', () => {
  it('gives the same result through a terminal, by a pipe and by flags', async () => {
    const lines = ['yes', 'yes', '', '', '9443', '', 'vpn.example.com', '', '', 'boss', password, password];
    const typed = await typeInTerminal(lines);
    assert.match(typed, /Will this be the primary node\?/);
    assert.match(typed, /\(1\) lan0: 10\.9\.9\.1\/24/);
    assert.ok(!typed.includes(password), 'a password is not shown while it is typed');

    const piped = await run('unshare', [
      ...onMachine(`printf '%s\\n' "$@" | ${tandem} init --dry-run --json`),
      'wizard',
      ...lines,
    ]);
    const flags = `--accept-terms --web-port 9443 --host vpn.example.com --admin-user boss --admin-password-file -`;
    const batch = await run('unshare', [
      ...onMachine(`printf '%s' "$1" | ${tandem} init --batch ${flags} --dry-run --json`),
      'wizard',
      password,
    ]);
    assert.deepEqual(planIn(`\n${piped.stdout}`), planIn(`\n${batch.stdout}`));
    assert.deepEqual(planIn(typed), planIn(`\n${batch.stdout}`));
    assert.equal(planIn(`\n${batch.stdout}`)['administrator'], 'boss');
  });

  it('refuses without agreement, and ends when it is interrupted', async () => {
    const refused = run('unshare', onMachine(`${tandem} init --batch --dry-run --json`));
    await assert.rejects(refused, /Without agreement nothing is set up/);
    const output = await typeInTerminal(['yes', '\u0003']);
    assert.doesNotMatch(output, /"start"/);
  });
});
