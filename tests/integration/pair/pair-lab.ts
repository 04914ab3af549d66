import { setUpPair } from '../../../lab/demo/set-up.ts';
import { Lab } from '../../../lab/lab.ts';
import type { NodeName } from '../../../lab/topology.ts';

/** A lab with a protected pair in it, set up by the product's own commands, and machines on the Internet side. */
export async function labWithPair(name: string, clients = 1): Promise<Lab> {
  const stateDir = `/var/lib/tandem-test-${name}-${process.pid}`;
  const lab = await Lab.up({ clients, stateDir });
  try {
    await setUpPair(lab, () => undefined);
    return lab;
  } catch (error) {
    await lab.down();
    throw error;
  }
}

/** Runs a command line on a machine through its shell; for looking at things, not for what is tested. */
export async function look(
  lab: Lab,
  node: NodeName | 'gateway' | `client-${number}`,
  line: string,
): Promise<string> {
  const result = await lab.exec(node, ['bash', '-c', line], { timeoutMs: 20_000 });
  return result.stdout.trim();
}

export async function holdsAddress(lab: Lab, node: NodeName): Promise<boolean> {
  return (await look(lab, node, 'ip -4 -o address show dev eth0')).includes('10.99.0.100/');
}

/** The process ids of the node's processes whose command line has these words. */
export async function pidsOf(lab: Lab, node: NodeName, words: string): Promise<string[]> {
  return (await look(lab, node, `pgrep -f ${JSON.stringify(words)}`))
    .split('\n')
    .filter((line) => line !== '');
}
