import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { exitCodes, LabError } from './errors.ts';
import { processesMarked, signal, waitUntilGone } from './processes.ts';
import { run } from './program.ts';
import { marker } from './surroundings.ts';

const mostAttempts = 10;

/**
 * Removes everything a lab left: its processes, found by their marker and so also those that a crash kept out
 * of the state file (their namespaces, mounts and interfaces go with them), and its directory.
 */
export async function removeLab(stateDirectory: string): Promise<void> {
  const [assignment = ''] = Object.entries(marker(stateDirectory)).map(([name, value]) => `${name}=${value}`);
  // A host that was just being started may show up only after the first look.
  for (let found = processesMarked(assignment); found.length > 0; found = processesMarked(assignment)) {
    for (const { pid } of found) signal(pid, 'SIGKILL');
    if (await waitUntilGone(found)) continue;
    throw new LabError(
      exitCodes.internal,
      `Processes of the lab in ${stateDirectory} do not end: ${found.map(({ pid }) => pid).join(', ')}`,
      'see what holds them with ps, then run lab/lab down again',
    );
  }
  await keepCompiled(stateDirectory);
  await removeTree(stateDirectory);
}

/** What Node compiled on a lab's node saves the next lab's nodes some seconds: their disks lie over this machine's. */
async function keepCompiled(stateDirectory: string): Promise<void> {
  const made = `${stateDirectory}/hosts/node-a/layers/var/upper/cache/tandem/code`;
  if (!existsSync(made)) return;
  await cp(made, '/var/cache/tandem/code', { recursive: true, force: false }).catch(() => undefined);
}

/** What a killed `lab up` had started without the marker still writes for a moment; then the folder is not empty. */
async function removeTree(directory: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await run('rm', ['-rf', '--one-file-system', '--', directory]);
      return;
    } catch (error) {
      if (attempt === mostAttempts) throw error;
      await pause(200);
    }
  }
}
