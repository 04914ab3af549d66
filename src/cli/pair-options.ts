import type { Command } from 'commander';
import { z } from 'zod';
import { TandemError } from '../core/errors.ts';
import { readProof } from './peer-proof.ts';

/** What both making a pair and looking at it before need to know. */
export interface PairOptions {
  readonly virtualAddress: string;
  readonly address6?: string;
  readonly virtualMac?: true;
  readonly vhid: string;
  readonly peer: string;
  readonly peerUser: string;
  readonly peerPort: string;
  readonly peerPasswordFile?: string;
  readonly peerKeyFile?: string;
  readonly peerFingerprint?: string;
}

export function addPairOptions(command: Command): Command {
  return command
    .requiredOption(
      '--virtual-address <address/prefix>',
      'the address both nodes are to share, such as 10.0.0.100/24',
    )
    .option('--address6 <address/prefix>', 'a shared IPv6 address beside it, such as 2001:db8::100/64')
    .option(
      '--virtual-mac',
      "the shared addresses have the virtual router's MAC (ESXi: allow forged transmits; Hyper-V: MAC spoofing)",
    )
    .requiredOption(
      '--vhid <number>',
      'number 1-255 of the pair, unique on the LAN; to have one picked: tandem failover free-vhid',
    )
    .requiredOption('--peer <address>', "the second node's own address")
    .option('--peer-user <name>', 'SSH user there: root, or one that may use sudo', 'root')
    .option('--peer-port <port>', 'SSH port there', '22')
    .option(
      '--peer-password-file <file>',
      'read the SSH password from a file, or - for standard input; it is not kept',
    )
    .option('--peer-key-file <file>', 'a private key in place of the password; it is not kept')
    .option(
      '--peer-fingerprint <SHA256:…>',
      'of its SSH host key (ssh-keygen -lf there): a machine with another key gets no password',
    );
}

/**
 * The options as the API takes them, with the proof for the other machine, which may be asked for.
 * @throws TandemError `cli.not-a-number`, `secret.unreadable`
 */
export async function readPairOptions(options: PairOptions): Promise<{
  readonly virtualAddress: string;
  readonly address6?: string | undefined;
  readonly virtualMac?: true | undefined;
  readonly vhid: number;
  readonly peer: object;
}> {
  const proof = await readProof(options);
  return {
    virtualAddress: options.virtualAddress,
    address6: options.address6,
    virtualMac: options.virtualMac,
    vhid: wholeNumber('--vhid', options.vhid),
    peer: {
      address: options.peer,
      port: wholeNumber('--peer-port', options.peerPort),
      user: options.peerUser,
      ...(options.peerFingerprint === undefined ? {} : { hostKeyFingerprint: options.peerFingerprint }),
      ...proof,
    },
  };
}

/** @throws TandemError `cli.not-a-number` */
export function wholeNumber(option: string, text: string): number {
  const parsed = z.coerce.number().int().safeParse(text);
  if (parsed.success) return parsed.data;
  throw new TandemError({
    code: 'cli.not-a-number',
    culprit: 'caller',
    message: `${option} is not a whole number: ${text}`,
    hint: 'See: tandem failover set --help',
  });
}
