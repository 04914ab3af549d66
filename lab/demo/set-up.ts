import { randomBytes } from 'node:crypto';
import type { Lab } from '../lab.ts';
import type { NodeName } from '../topology.ts';
import { type NodeStatus, standsBy, statusOf, tandem } from './node-commands.ts';
import { until } from './until.ts';

/** What the demo's pair looks like; the intervals are those that the printed promises are about. */
export const pair = {
  virtualAddress: '10.99.0.100',
  prefixLength: 24,
  vhid: 51,
  advertisementIntervalMs: 100,
  leaseSeconds: 2,
  publicAddress: '203.0.113.1',
  office: '10.99.0.50',
  /** Where the pages answer: the product's default. */
  pagesPort: 943,
} as const;

/** Two installed machines become a pair without a person: by flags and commands. */
export async function setUpPair(lab: Lab, onProgress: (what: string) => void): Promise<void> {
  onProgress('node-a: tandem init --primary; node-b: tandem init --failover');
  const one = ['init', '--primary', '--interface', 'eth0', '--host', pair.publicAddress];
  const other = ['init', '--failover', '--interface', 'eth0'];
  await Promise.all([initialised(lab, 'node-a', one), initialised(lab, 'node-b', other)]);
  onProgress('node-a: tandem failover set, which pairs the two over SSH');
  const words = [
    ...['failover', 'set', '--virtual-address', `${pair.virtualAddress}/${pair.prefixLength}`],
    ...['--vhid', String(pair.vhid), '--interval-ms', String(pair.advertisementIntervalMs)],
    ...['--lease-seconds', String(pair.leaseSeconds), '--peer', '10.99.0.2', '--peer-password-file', '-'],
  ];
  await tandem(lab, 'node-a', words, `${lab.password}\n`);
  await untilProtected(lab, onProgress);
}

/** Until node-a serves and every change is on both nodes, and node-b could take over. */
export async function untilProtected(lab: Lab, onProgress: (what: string) => void): Promise<void> {
  onProgress('waiting until every change is on both nodes');
  let seen = '';
  const isProtected = async (): Promise<boolean> => {
    const [a, b] = await Promise.all([statusOf(lab, 'node-a'), statusOf(lab, 'node-b')]);
    seen = `node-a: ${told(a)}; node-b: ${told(b)}`;
    const serving = a?.role === 'active' && a.virtualAddress?.held === true && a.openvpn[0]?.pid != null;
    return serving && a.protected && standsBy(b);
  };
  const what = 'a protected pair with OpenVPN running on both nodes';
  await until(isProtected, 60_000, what).catch((error: unknown) => {
    throw new Error(`the pair stays as it is: ${seen}`, { cause: error });
  });
}

async function initialised(lab: Lab, node: NodeName, words: readonly string[]): Promise<void> {
  await tandem(lab, node, words);
  await lab.exec(node, ['tandem', 'wait-ready'], { timeoutMs: 60_000 });
}

/** What a node says of itself, in a line. */
function told(status: NodeStatus | undefined): string {
  if (status === undefined) return 'does not answer';
  const pids = status.openvpn.map(({ pid }) => pid ?? 'none').join(' ');
  return `${status.role} in epoch ${status.epoch}, OpenVPN ${pids || 'none'}: ${status.sentence}`;
}

/** A user with a password nobody knows but the demo, added on a node; returns when the change is acknowledged. */
export async function addUser(
  lab: Lab,
  node: 'node-a' | 'node-b',
  user: string,
): Promise<{ password: string; protected: boolean }> {
  const password = randomBytes(12).toString('base64url');
  const answer = (await tandem(
    lab,
    node,
    ['user', 'add', user, '--password-file', '-'],
    `${password}\n`,
  )) as {
    protected: boolean;
  };
  return { password, protected: answer.protected };
}

/** The profile's text; `name` for one of several of the same user. */
export async function profileOf(
  lab: Lab,
  node: 'node-a' | 'node-b',
  user: string,
  name?: string,
): Promise<string> {
  const words = ['profile', 'get', user, ...(name === undefined ? [] : ['--name', name])];
  const answer = (await tandem(lab, node, words)) as { profile: string };
  return answer.profile;
}
