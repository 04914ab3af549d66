import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Lab } from '../../../lab/lab.ts';

/** Node as the hosts see it. */
export const node = '/opt/tandem/node_modules/.bin/node';

/** A state directory of the test's own; the name is fixed so that a run cleans what a killed one left. */
export const scratchDirectory = (name: string): string => `/var/lib/tandem-lab-test-${name}`;

export function scratchLab(name: string, clients = 1): Promise<Lab> {
  return Lab.up({ clients, stateDir: scratchDirectory(name) });
}

/** Whether a host gets an answer within a second. */
export async function reaches(lab: Lab, from: string, address: string): Promise<boolean> {
  const { code } = await lab.exec(from, ['ping', '-n', '-c', '1', '-W', '1', address]);
  return code === 0;
}

/** Waits for an observed condition. */
export async function eventually(
  what: string,
  holds: () => Promise<boolean> | boolean,
  timeoutMs = 20_000,
): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!(await holds())) {
    assert.ok(performance.now() < end, `not within ${timeoutMs} ms: ${what}`);
    await sleep(20);
  }
}

/** Runs a shell line in a host and returns its output; it must succeed. */
export async function shell(lab: Lab, host: string, line: string): Promise<string> {
  const { code, stdout, stderr } = await lab.exec(host, ['bash', '-c', line], { timeoutMs: 60_000 });
  assert.equal(code, 0, `on ${host}: ${line}\n${stderr}`);
  return stdout.trim();
}
