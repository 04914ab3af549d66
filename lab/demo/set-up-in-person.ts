import { randomBytes } from 'node:crypto';
import type { Lab } from '../lab.ts';
import type { NodeName } from '../topology.ts';
import { pair, untilProtected } from './set-up.ts';
import { typeLines } from './typed.ts';

export interface Administrator {
  readonly name: string;
  readonly password: string;
}

const address = { 'node-a': '10.99.0.1', 'node-b': '10.99.0.2' } as const;

/** Two installed machines become a pair as by a person: the wizard typed on both, then the API that the pages use. */
export async function setUpInPerson(lab: Lab, onProgress: (what: string) => void): Promise<Administrator> {
  const administrator = { name: 'admin', password: randomBytes(12).toString('base64url') };
  onProgress('both nodes: tandem init, its questions answered in a terminal');
  await typeWizards(lab, administrator);
  onProgress(
    `office: signing in at https://${address['node-a']}:${pair.pagesPort}, comparing the host key of node-b`,
  );
  const { csrf } = await ask<{ csrf: string }>(lab, 'session', {
    user: administrator.name,
    password: administrator.password,
  });
  const peer = { address: address['node-b'], port: 22 };
  const presented = await ask<{ fingerprint: string }>(lab, 'failover/host-key', peer, csrf);
  const known = await lab.exec('node-b', ['ssh-keygen', '-lf', '/etc/ssh/ssh_host_ed25519_key.pub']);
  if (!known.stdout.includes(presented.fingerprint))
    throw new Error('node-b presents another host key than its own');
  onProgress('office: POST /api/v1/failover, which pairs the two over SSH');
  const wish = {
    virtualAddress: `${pair.virtualAddress}/${pair.prefixLength}`,
    vhid: pair.vhid,
    advertisementIntervalMs: pair.advertisementIntervalMs,
    leaseSeconds: pair.leaseSeconds,
    peer: { ...peer, user: 'root', password: lab.password, hostKeyFingerprint: presented.fingerprint },
  };
  await ask(lab, 'failover', wish, csrf);
  await untilProtected(lab, onProgress);
  return administrator;
}

/** The wizard on both machines, each line as a person types it; ENTER where the default is right. */
export async function typeWizards(
  lab: Lab,
  { name, password }: Administrator,
): Promise<readonly [string, string]> {
  const type = (node: NodeName, lines: readonly string[]): Promise<string> =>
    typeLines(lab.spawn(node, ['script', '-qec', 'tandem init', '/dev/null']), lines);
  return Promise.all([
    type('node-a', [
      ...['yes', 'yes', address['node-a'], '', '', '', pair.publicAddress],
      ...['', '', name, password, password],
    ]),
    type('node-b', ['yes', 'no', address['node-b'], '', '']),
  ]);
}

/** One request to the API of node-a, from a desk in the office; what is secret travels on standard input. */
async function ask<Answer>(lab: Lab, path: string, body: object, csrf = ''): Promise<Answer> {
  const jar = '/tmp/demo-session';
  const words = [
    ...['curl', '-sSk', '--max-time', '90', '-b', jar, '-c', jar, '-H', `x-csrf-token: ${csrf}`],
    ...[
      '-H',
      'content-type: application/json',
      '-d',
      '@-',
      `https://${address['node-a']}:${pair.pagesPort}/api/v1/${path}`,
    ],
  ];
  const { stdout, stderr } = await lab.exec('office', words, {
    input: JSON.stringify(body),
    timeoutMs: 100_000,
  });
  const answer = JSON.parse(stdout === '' ? '{}' : stdout) as Answer & {
    error?: { message: string; hint: string };
  };
  if (stdout === '' || answer.error !== undefined)
    throw new Error(
      `POST /${path}: ${answer.error === undefined ? stderr.trim() : `${answer.error.message} ${answer.error.hint}`}`,
    );
  return answer;
}
