import { randomBytes } from 'node:crypto';
import { addAdministrator, addUser, pair, setUpPair } from '../../lab/demo/set-up.ts';
import { Lab } from '../../lab/lab.ts';
import type { NodeName } from '../../lab/topology.ts';

export const pages: Readonly<Record<'shared' | NodeName, string>> = {
  shared: `https://${pair.virtualAddress}:${pair.pagesPort}`,
  'node-a': `https://10.99.0.1:${pair.pagesPort}`,
  'node-b': `https://10.99.0.2:${pair.pagesPort}`,
};

export interface PairWithPeople {
  readonly lab: Lab;
  /** An administrator, and alice, who only uses the VPN. */
  readonly admin: { readonly name: string; readonly password: string };
  readonly alice: { readonly name: string; readonly password: string };
}

/** A pair as it stands after its set-up, with two people. The caller takes the lab down. */
export async function pairWithPeople(stateDir: string): Promise<PairWithPeople> {
  const lab = await Lab.up({ clients: 1, stateDir });
  try {
    await setUpPair(lab, () => undefined);
    const admin = await addAdministrator(lab, 'node-a');
    const alice = await addUser(lab, 'node-a', 'alice');
    return {
      lab,
      admin,
      alice: { name: 'alice', password: alice.password },
    };
  } catch (error) {
    await lab.down();
    throw error;
  }
}

export function freshPassword(): string {
  return randomBytes(12).toString('base64url');
}
