import type { LanInterface } from '../interfaces.ts';

/** What the wizard found on this machine before it asked anything. */
export interface Machine {
  readonly hostName: string;
  readonly interfaces: readonly LanInterface[];
  /** Whether it is a node already. */
  readonly configured: boolean;
}

/** One answer each, as typed; what has not been asked is missing. */
export type Answers = Readonly<Partial<Record<QuestionName, string>>>;

export type QuestionName =
  | 'erase'
  | 'accept-terms'
  | 'primary'
  | 'name'
  | 'interface'
  | 'web'
  | 'web-port'
  | 'host'
  | 'port'
  | 'tcp-port'
  | 'network'
  | 'all-traffic'
  | 'private-networks'
  | 'admin-user'
  | 'admin-password'
  | 'admin-password-again';

/** A question, what an answer must be, and the flag of the same name that answers it beforehand. */
export interface Question {
  readonly name: QuestionName;
  /** Left out where it does not apply. */
  readonly applies: (answers: Answers, machine: Machine) => boolean;
  /** Lines before the prompt; the prompt itself is made from the default. Undefined: only the flag answers it. */
  readonly text: ((answers: Answers, machine: Machine) => string) | undefined;
  /** What ENTER means; undefined: something must be typed. */
  readonly preset: (answers: Answers, machine: Machine) => string | undefined;
  /** Not shown while it is typed. */
  readonly secret?: true;
  /** Why this is no answer, in words. */
  readonly problem: (answer: string, answers: Answers, machine: Machine) => string | undefined;
}

const always = (): boolean => true;
const isPrimary = (answers: Answers): boolean => isYes(answers.primary);

export function isYes(answer: string | undefined): boolean {
  return answer === 'yes' || answer === 'y';
}

function yesOrNo(answer: string): string | undefined {
  return ['yes', 'y', 'no', 'n'].includes(answer) ? undefined : 'Please answer yes or no.';
}

function portProblem(answer: string): string | undefined {
  const port = /^\d{1,5}$/.test(answer) ? Number(answer) : 0;
  return port >= 1 && port <= 65_535 ? undefined : 'A port is a number from 1 to 65535.';
}

/** Which of the machine's addresses is meant: its number in the list, its name, or the address itself. */
export function chosenInterface(answer: string, machine: Machine): LanInterface | undefined {
  if (/^\d{1,3}$/.test(answer)) return machine.interfaces[Number(answer) - 1];
  const fitting = machine.interfaces.filter(({ name, address }) => name === answer || address === answer);
  return fitting.length === 1 ? fitting[0] : undefined;
}

function listed(machine: Machine): string {
  return machine.interfaces
    .map(({ name, address, prefixLength }, index) => `  (${index + 1}) ${name}: ${address}/${prefixLength}`)
    .join('\n');
}

export const questions: readonly Question[] = [
  {
    name: 'erase',
    applies: (_answers, machine) => machine.configured,
    text: () =>
      `Detected an existing Tandem configuration.\nContinuing will delete this configuration and restart from scratch.\nPlease enter 'DELETE' to delete existing configuration:`,
    preset: () => undefined,
    problem: (answer) =>
      answer === 'DELETE'
        ? undefined
        : 'Only DELETE, in capitals, deletes it; CTRL-C leaves everything as it is.',
  },
  {
    name: 'accept-terms',
    applies: always,
    text: () =>
      'Tandem is free software under the Apache License 2.0 (file LICENSE). It comes without warranty of any kind;\nwhoever runs it answers for what is done with it.\nPlease enter yes to indicate your agreement.',
    preset: () => 'no',
    problem: (answer) =>
      yesOrNo(answer) ?? (isYes(answer) ? undefined : 'Without agreement nothing is set up; CTRL-C ends.'),
  },
  {
    name: 'primary',
    applies: always,
    text: () => "Will this be the primary node?\n(enter 'no' to configure as a backup or standby node)",
    preset: () => 'yes',
    problem: yesOrNo,
  },
  {
    name: 'name',
    applies: always,
    text: undefined,
    preset: (_answers, machine) => machine.hostName.split('.')[0]?.toLowerCase() ?? '',
    problem: (answer) =>
      /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(answer)
        ? undefined
        : `${JSON.stringify(answer)} cannot be a node's name: use lower-case letters, digits and hyphens.`,
  },
  {
    name: 'interface',
    applies: always,
    text: (_answers, machine) =>
      `Which address is this node's own, on the network that both nodes share?\n${listed(machine)}`,
    preset: (_answers, machine) => (machine.interfaces.length === 1 ? '1' : undefined),
    problem: (answer, _answers, machine) =>
      chosenInterface(answer, machine) === undefined
        ? `${JSON.stringify(answer)} is none of them, or more than one: enter a number, or an address.`
        : undefined,
  },
  {
    name: 'web',
    applies: always,
    text: (answers, machine) => {
      const own = chosenInterface(answers.interface ?? '', machine)?.address ?? '';
      return `Where should the Admin Web UI answer?\n  (1) own: ${own} and the address that both nodes share\n  (2) all: every address of this machine`;
    },
    preset: () => '1',
    problem: (answer) =>
      ['1', '2', 'own', 'all'].includes(answer) ? undefined : 'Please enter 1 (own) or 2 (all).',
  },
  {
    name: 'web-port',
    applies: always,
    text: () => 'Port for the Admin Web UI?',
    preset: () => '943',
    problem: portProblem,
  },
  {
    name: 'port',
    applies: isPrimary,
    text: () => 'UDP port for VPN clients?',
    preset: () => '1194',
    problem: portProblem,
  },
  {
    name: 'tcp-port',
    applies: isPrimary,
    text: undefined,
    preset: () => 'none',
    problem: (answer, answers) => {
      if (answer === 'none') return undefined;
      const clash = answer === answers['web-port'] ? 'The Admin Web UI has this port.' : undefined;
      return portProblem(answer) ?? clash;
    },
  },
  {
    name: 'host',
    applies: isPrimary,
    text: () =>
      'Host name or address that clients connect to from outside?\n(shared: the virtual address, which is chosen when the second node is added)',
    preset: () => 'shared',
    problem: (answer) =>
      /^[A-Za-z0-9]([A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?$/.test(answer)
        ? undefined
        : `${JSON.stringify(answer)} is neither a host name nor an address.`,
  },
  {
    name: 'network',
    applies: isPrimary,
    text: undefined,
    preset: () => '10.8.0.0/20',
    problem: (answer) =>
      /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/.test(answer) ? undefined : 'A network looks like 10.8.0.0/20.',
  },
  {
    name: 'all-traffic',
    applies: isPrimary,
    text: () => 'Should client traffic be routed by default through the VPN?',
    preset: () => 'no',
    problem: yesOrNo,
  },
  {
    name: 'private-networks',
    applies: isPrimary,
    text: (answers, machine) => {
      const own = chosenInterface(answers.interface ?? '', machine);
      return `(Private subnet detected: ${own === undefined ? 'none' : `${own.address}/${own.prefixLength}`})\nShould private subnets be accessible to clients by default?`;
    },
    preset: () => 'yes',
    problem: yesOrNo,
  },
  {
    name: 'admin-user',
    applies: isPrimary,
    text: () => 'User name of the administrator, for the Admin Web UI?',
    preset: () => 'tandem',
    problem: (answer) =>
      /^[a-z0-9][a-z0-9._@-]{0,39}$/.test(answer)
        ? undefined
        : 'Use 1 to 40 characters: lower-case letters, digits, dot, underscore, at sign and hyphen.',
  },
  {
    name: 'admin-password',
    applies: isPrimary,
    secret: true,
    text: () => 'Password of the administrator? (made: one is made and shown at the end)',
    preset: () => 'made',
    problem: (answer) =>
      answer === 'made' || (Array.from(answer).length >= 8 && answer.length <= 1_024)
        ? undefined
        : 'A password needs at least 8 characters.',
  },
  {
    name: 'admin-password-again',
    applies: (answers) => isPrimary(answers) && answers['admin-password'] !== 'made',
    secret: true,
    text: () => 'The same password again, to be sure:',
    preset: () => undefined,
    problem: (answer, answers) =>
      answer === answers['admin-password'] ? undefined : 'This is not the same password.',
  },
];
