import { randomBytes } from 'node:crypto';
import type { InitRequest } from '../initialise.ts';
import { type Answers, chosenInterface, isYes, type Machine } from './questions.ts';

/** What the answers mean. A password that was to be made is made here. */
export function requestFrom(
  answers: Answers,
  machine: Machine,
  startService: boolean,
): InitRequest & { readonly madePassword: string | undefined } {
  const lan = chosenInterface(answers.interface ?? '', machine);
  const primary = isYes(answers.primary);
  const made = answers['admin-password'] === 'made' ? randomBytes(12).toString('base64url') : undefined;
  const node: InitRequest = {
    start: primary ? 'primary' : 'failover',
    name: answers.name,
    interface: lan?.name,
    address: lan?.address,
    web: {
      on: answers.web === '2' || answers.web === 'all' ? 'all' : 'own',
      port: Number(answers['web-port']),
    },
    erase: answers.erase === 'DELETE',
    startService,
  };
  if (!primary) return { ...node, madePassword: undefined };
  return {
    ...node,
    host: answers.host === 'shared' ? '' : answers.host,
    port: Number(answers.port),
    tcpPort: answers['tcp-port'] === 'none' ? undefined : Number(answers['tcp-port']),
    network: answers.network,
    allTraffic: isYes(answers['all-traffic']),
    privateNetworks: isYes(answers['private-networks']),
    administrator: {
      name: answers['admin-user'] ?? '',
      password: made ?? answers['admin-password'] ?? '',
    },
    madePassword: made,
  };
}
