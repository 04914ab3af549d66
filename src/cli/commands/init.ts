import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Command } from 'commander';
import { TandemError } from '../../core/errors.ts';
import type { NodeConfig } from '../../settings/node.ts';
import { paths } from '../../settings/paths.ts';
import type { Answers, Machine } from '../../setup/wizard/questions.ts';
import { print } from '../output.ts';
import { readSecret } from '../secret-input.ts';

const keyTypes = ['ec-p384', 'ec-p256', 'rsa-3072', 'rsa-4096'] as const;

/** Whoever reads the address at the end goes there at once. */
const firstAnswerMs = 20_000;
const notYet: readonly string[] = ['The pages do not answer yet; the log says why.'];

interface InitOptions {
  primary?: true;
  failover?: true;
  batch?: true;
  dryRun?: true;
  answers?: string;
  acceptTerms?: true;
  erase?: string;
  follower?: true;
  name?: string;
  interface?: string;
  address?: string;
  web?: string;
  webPort?: string;
  host?: string;
  port?: string;
  tcpPort?: string;
  network?: string;
  keyType?: string;
  caCertificate?: string;
  caKey?: string;
  allTraffic?: string;
  privateNetworks?: string;
  adminUser?: string;
  adminPasswordFile?: string;
  start: boolean;
  json?: true;
}

export function addInitCommand(program: Command): void {
  program
    .command('init')
    .description('make this machine a node: asks what it needs to know, or takes it from flags')
    .option('--primary', 'the first node of a pair: makes the certificates and the database; asks nothing')
    .option('--failover', 'the second node: waits to be paired from the primary node; asks nothing')
    .option('--follower', 'a server elsewhere that receives users and certificates, read-only; asks nothing')
    .option('--batch', 'ask nothing: what no flag says is as ENTER would have it')
    .option('--answers <file>', 'answers from a file, one a line: web-port=943; named as these flags are')
    .option('--dry-run', 'show what would be done and change nothing')
    .option('--accept-terms', 'agree to the terms of use')
    .option('--erase <DELETE>', 'delete what this machine was set up as before')
    .option('--name <name>', 'name of this node (default: its host name)')
    .option('--interface <name>', 'LAN interface (default: the only one)')
    .option('--address <address>', "this node's own address (default: the only one)")
    .option('--web <own|all>', 'the pages answer on the own and the virtual address, or on all')
    .option('--web-port <port>', 'port of the pages (default: 943)')
    .option('--host <host>', 'host name or address that profiles name (default: the virtual address)')
    .option('--port <port>', 'UDP port of the VPN (default: 1194)')
    .option('--tcp-port <port>', 'TCP port of the VPN (default: none)')
    .option('--network <network>', 'network that clients get their addresses from (default: 10.8.0.0/20)')
    .option(
      '--key-type <type>',
      'of the certificate authority: ec-p384 (default), ec-p256, rsa-3072 or rsa-4096',
    )
    .option('--ca-certificate <file>', 'take over an existing certificate authority (PEM), with --ca-key')
    .option('--ca-key <file>', 'its private key (PEM, without a password)')
    .option('--all-traffic <yes|no>', "whether all of a client's traffic goes through the VPN (default: no)")
    .option('--private-networks <yes|no>', 'whether clients reach the LAN of this node (default: yes)')
    .option('--admin-user <name>', 'the administrator of the pages (default: tandem)')
    .option('--admin-password-file <file>', 'read the password from a file, or - for standard input')
    .option('--no-start', 'do not start the service')
    .option('--json', 'print JSON')
    .action(async (options: InitOptions) => {
      const { checkMachine, initialise } = await import('../../setup/initialise.ts');
      const { lanInterfaces } = await import('../../setup/interfaces.ts');
      const { isConfigured } = await import('../../setup/set-aside.ts');
      const { requestFrom } = await import('../../setup/wizard/request.ts');
      // Standard input holds either answers or a password; whoever gives the role by its old flags is asked nothing.
      const byOldFlags = [options.primary, options.failover, options.follower].includes(true);
      const batch = options.batch === true || byOldFlags;
      checkMachine(!batch || options.erase === 'DELETE');
      const machine: Machine = {
        hostName: hostname(),
        interfaces: lanInterfaces(),
        configured: isConfigured(),
      };
      const answers = await collect(machine, await given(options, byOldFlags), batch);
      const { madePassword, administrator, ...rest } = requestFrom(answers, machine, options.start);
      // The old flags make no administrator unless one is named.
      const named = [options.adminUser, options.adminPasswordFile, options.answers].some(
        (one) => one !== undefined,
      );
      const wanted = byOldFlags && !named ? undefined : administrator;
      const request = {
        ...rest,
        start: options.follower === true ? 'follower' : rest.start,
        administrator: wanted,
        keyType: options.keyType === undefined ? undefined : keyTypeFrom(options.keyType),
        authority: authorityFrom(options),
      };
      if (options.dryRun === true) {
        const plan = { ...request, administrator: wanted?.name };
        print(
          options.json === true,
          plan,
          () => `Nothing was changed. This would be set up:\n${lines(plan)}`,
        );
        return;
      }
      const node = await initialise(request);
      const { pagesAnswer } = await import('../../setup/pages-answer.ts');
      const { address, web } = node;
      const ready = !options.start || (await pagesAnswer(address, web?.port ?? 943, firstAnswerMs));
      print(options.json === true, node, () =>
        [
          ...ending(node, wanted?.name),
          ...(ready ? [] : notYet),
          ...secretLines(wanted?.name, madePassword),
        ].join('\n'),
      );
    });
}

function keyTypeFrom(text: string): (typeof keyTypes)[number] {
  const known = keyTypes.find((type) => type === text);
  if (known !== undefined) return known;
  throw new TandemError({
    code: 'setup.key-type',
    culprit: 'caller',
    message: `${JSON.stringify(text)} is no type of key.`,
    hint: `There are: ${keyTypes.join(', ')}`,
  });
}

function authorityFrom({
  caCertificate,
  caKey,
}: InitOptions): { certificate: string; privateKey: string } | undefined {
  if (caCertificate === undefined && caKey === undefined) return undefined;
  if (caCertificate !== undefined && caKey !== undefined)
    return { certificate: caCertificate, privateKey: caKey };
  throw new TandemError({
    code: 'setup.authority-half',
    culprit: 'caller',
    message: 'A certificate authority is its certificate and its key.',
    hint: 'Give both: --ca-certificate FILE --ca-key FILE',
  });
}

async function collect(machine: Machine, flags: Answers, batch: boolean): Promise<Answers> {
  const { runWizard } = await import('../../setup/wizard/wizard.ts');
  if (batch) return runWizard(machine, flags, undefined);
  const { Terminal } = await import('../../setup/wizard/terminal.ts');
  const terminal = new Terminal();
  try {
    return await runWizard(machine, flags, terminal);
  } finally {
    terminal.close();
  }
}

async function given(options: InitOptions, byOldFlags: boolean): Promise<Answers> {
  const { parseAnswers } = await import('../../setup/wizard/answers-file.ts');
  const fromFile = options.answers === undefined ? {} : parseAnswers(readAnswers(options.answers));
  const password =
    options.adminPasswordFile === undefined
      ? undefined
      : await readSecret(options.adminPasswordFile, 'Password of the administrator:');
  const flags: { readonly [Name in keyof Answers]: string | undefined } = {
    erase: options.erase,
    'accept-terms': options.acceptTerms === true || byOldFlags ? 'yes' : undefined,
    primary: chosenStart(options),
    name: options.name,
    interface: options.address ?? options.interface,
    web: options.web,
    'web-port': options.webPort,
    host: options.host,
    port: options.port,
    'tcp-port': options.tcpPort,
    network: options.network,
    'all-traffic': options.allTraffic,
    'private-networks': options.privateNetworks,
    'admin-user': options.adminUser,
    'admin-password': password,
  };
  const named = Object.entries(flags).filter(([, value]) => value !== undefined);
  return { ...fromFile, ...Object.fromEntries(named) };
}

function readAnswers(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (cause) {
    throw new TandemError({
      code: 'setup.answers-file.unreadable',
      culprit: 'caller',
      message: `The answers cannot be read: ${cause instanceof Error ? cause.message : cause}`,
      hint: 'Name a readable file, or - for standard input with --batch',
      cause,
    });
  }
}

/** To the wizard a follower is as a failover node: its data comes from elsewhere. */
function chosenStart(options: InitOptions): string | undefined {
  const chosen = [options.primary, options.failover, options.follower].filter((one) => one === true);
  if (chosen.length > 1) {
    throw new TandemError({
      code: 'setup.start',
      culprit: 'caller',
      message: 'A machine is the primary node of a pair, its failover node or a follower, only one of them.',
      hint: 'Give one of: --primary, --failover, --follower',
    });
  }
  if (options.primary === true) return 'yes';
  return chosen.length === 1 ? 'no' : undefined;
}

function ending(node: NodeConfig, administrator: string | undefined): string[] {
  const place = `https://${node.address}:${node.web?.port ?? 943}/`;
  if (node.start === 'follower') return followerEnding(node);
  if (node.start === 'failover') {
    return [
      `${node.name} (${node.address}) is set up as failover node and waits to be paired.`,
      `Its pages: ${place}`,
      'Its log: journalctl -u tandem',
      `Next, on the primary node: the page Failover, or tandem failover set --peer ${node.address} …`,
    ];
  }
  return [
    `${node.name} (${node.address}) is set up as primary node.`,
    `Admin Web UI: ${place}`,
    ...(administrator === undefined ? [] : [`User name: ${administrator}`]),
    'Its log: journalctl -u tandem',
    `To set it up anew: tandem init (${paths.nodeConfig} is what it is now)`,
    'Next: the page Failover, or tandem failover set, to pair it with a second node.',
  ];
}

function followerEnding({ name, address }: NodeConfig): string[] {
  return [
    `${name} (${address}) is set up as follower and waits to be told whom to follow.`,
    'Its log: journalctl -u tandem',
    `Next, here: tandem follower key; then, on the active node: tandem follower add ${name} --key '…'`,
  ];
}

function secretLines(administrator: string | undefined, made: string | undefined): string[] {
  if (administrator === undefined || made === undefined) return [];
  return [`Password: ${made} (made now and shown this once)`];
}

function lines(plan: object): string {
  return Object.entries(plan)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `  ${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('\n');
}
