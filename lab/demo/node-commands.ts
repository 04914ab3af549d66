import type { Lab } from '../lab.ts';
import type { NodeName } from '../topology.ts';

/** What the demo reads of `tandem status --json`. */
export interface NodeStatus {
  readonly role: 'active' | 'standby';
  readonly epoch: number;
  readonly protected: boolean;
  readonly position: { readonly epoch: number; readonly sequence: number };
  readonly sentence: string;
  readonly warnings: readonly string[];
  readonly virtualAddress: { readonly address: string; readonly held: boolean } | null;
  readonly peer: {
    readonly name: string;
    readonly connected: boolean;
    readonly lagEntries: number | null;
  } | null;
  readonly heartbeat: { readonly peers: readonly unknown[] } | null;
  readonly openvpn: readonly { readonly clients: number; readonly pid: number | null }[];
}

/** Runs `tandem …` on a node, as an administrator would, and returns what it prints with `--json`. */
export async function tandem(
  lab: Lab,
  node: NodeName,
  words: readonly string[],
  input?: string,
): Promise<unknown> {
  const result = await lab.exec(node, ['tandem', ...words, '--json'], {
    timeoutMs: 60_000,
    ...(input === undefined ? {} : { input }),
  });
  if (result.code === 0) return JSON.parse(result.stdout);
  throw new Error(
    `on ${node}: tandem ${words.join(' ')}: ${complaint(result.stderr)} (exit code ${result.code})`,
  );
}

/** What `tandem status --json` prints, from the same place; asked often, and the command takes a third of a second to start. */
export async function statusOf(lab: Lab, node: NodeName): Promise<NodeStatus | undefined> {
  const socket = ['--unix-socket', '/run/tandem/server/api.sock'];
  const words = ['curl', '-sf', '--max-time', '5', ...socket, 'http://localhost/api/v1/status'];
  const { code, stdout } = await lab.exec(node, words, { timeoutMs: 10_000 });
  return code === 0 ? (JSON.parse(stdout) as NodeStatus) : undefined;
}

/** It could take over now: OpenVPN runs there too, and its heartbeat hears the active node. */
export function standsBy(status: NodeStatus | undefined): boolean {
  const heard = (status?.heartbeat?.peers.length ?? 0) > 0;
  return status?.role === 'standby' && heard && status.openvpn[0]?.pid != null;
}

function complaint(stderr: string): string {
  const line = stderr.trim().split('\n').at(-1) ?? '';
  try {
    const { error } = JSON.parse(line) as { error: { message: string; hint: string } };
    return `${error.message} ${error.hint}`;
  } catch {
    return line;
  }
}
