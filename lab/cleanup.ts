import { exitCodes, LabError } from './errors.ts';
import { processesMarked, signal, waitUntilGone } from './processes.ts';
import { run } from './program.ts';
import { marker } from './surroundings.ts';

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
  await run('rm', ['-rf', '--one-file-system', '--', stateDirectory]);
}
