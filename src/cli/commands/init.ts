import type { Command } from 'commander';
import { TandemError } from '../../core/errors.ts';
import { print } from '../output.ts';

const keyTypes = ['ec-p384', 'ec-p256', 'rsa-3072', 'rsa-4096'] as const;

interface InitOptions {
  primary?: true;
  failover?: true;
  name?: string;
  interface?: string;
  address?: string;
  host?: string;
  port?: string;
  network?: string;
  keyType?: string;
  caCertificate?: string;
  caKey?: string;
  start: boolean;
  json?: true;
}

export function addInitCommand(program: Command): void {
  program
    .command('init')
    .description('make this machine a node')
    .option('--primary', 'the first node of a pair: makes the certificates and the database')
    .option('--failover', 'the second node: waits to be paired from the primary node')
    .option('--name <name>', 'name of this node (default: its host name)')
    .option('--interface <name>', 'LAN interface (default: the only one)')
    .option('--address <address>', "this node's own address (default: the only one)")
    .option('--host <host>', 'host name or address that profiles name (default: the virtual address)')
    .option('--port <port>', 'UDP port of the VPN (default: 1194)')
    .option('--network <network>', 'network that clients get their addresses from (default: 10.8.0.0/20)')
    .option('--key-type <type>', 'of all certificates: ec-p384 (default), ec-p256, rsa-3072 or rsa-4096')
    .option('--ca-certificate <file>', 'take over an existing certificate authority (PEM), with --ca-key')
    .option('--ca-key <file>', 'its private key (PEM, without a password)')
    .option('--no-start', 'do not start the service')
    .option('--json', 'print JSON')
    .action(async (options: InitOptions) => {
      const { initialise } = await import('../../setup/initialise.ts');
      const node = await initialise({
        start: chosenStart(options),
        name: options.name,
        interface: options.interface,
        address: options.address,
        host: options.host,
        port: options.port === undefined ? undefined : Number(options.port),
        network: options.network,
        keyType: options.keyType === undefined ? undefined : keyTypeFrom(options.keyType),
        authority: authorityFrom(options),
        startService: options.start,
      });
      print(options.json === true, node, () =>
        node.start === 'primary'
          ? `${node.name} (${node.address}) is set up as primary node.\nNext: tandem failover set, to pair it with a second node.`
          : `${node.name} (${node.address}) is set up as failover node and waits to be paired.\nNext, on the primary node: tandem failover set --peer ${node.address} …`,
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

function chosenStart(options: InitOptions): 'primary' | 'failover' {
  if ((options.primary === true) !== (options.failover === true))
    return options.primary === true ? 'primary' : 'failover';
  throw new TandemError({
    code: 'setup.start',
    culprit: 'caller',
    message: 'Will this be the primary node, or the failover node of a pair?',
    hint: 'Give one of: --primary, --failover',
  });
}
