import { type Command, Option } from 'commander';
import { takeoverPolicies } from '../core/election/sync.ts';
import { TandemError } from '../core/errors.ts';
import { wholeNumber } from './pair-options.ts';

/** What both making and changing a pair may say of it. */
export interface TuningOptions {
  readonly preset?: string;
  readonly intervalMs?: string;
  readonly leaseSeconds?: string;
  readonly multicast?: string;
  readonly unicast?: string;
  readonly secondPath?: readonly string[];
  readonly gateway?: string;
  readonly preempt?: string;
  readonly takeover?: string;
}

/** `nodes` says by which words `--second-path` calls the two. */
export function addTuningOptions(command: Command, nodes: string): Command {
  return command
    .option('--preset <name>', 'a timing: fast, standard or tolerant (tandem failover show)')
    .option('--interval-ms <ms>', 'a heartbeat every so many milliseconds')
    .option('--lease-seconds <seconds>', 'a node that hangs loses the address after so long')
    .option('--multicast <on|off>', 'advertise by multicast on the LAN')
    .option('--unicast <on|off>', 'advertise to the other node by unicast as well')
    .option(
      '--second-path <node=interface,address...>',
      `a second way for heartbeats: interface and own address of both nodes (${nodes})`,
    )
    .option('--gateway <address>', "whom to ask whether a node is cut off: an address, auto, off, or 'node'")
    .option(
      '--preempt <seconds>',
      "the node with the higher priority takes the role back after so long; 'never'",
    )
    .addOption(
      new Option(
        '--takeover <policy>',
        'in-sync: a standby that may lack changes does not take over by itself',
      ).choices([...takeoverPolicies]),
    );
}

/** As the API takes it, before it is checked there. @throws TandemError `cli.not-a-number`, `cli.not-understood` */
export function readTuning(options: TuningOptions): Readonly<Record<string, unknown>> {
  const { preset, intervalMs, leaseSeconds, multicast, unicast, secondPath, gateway, preempt, takeover } =
    options;
  return {
    preset,
    advertisementIntervalMs: optionalNumber('--interval-ms', intervalMs),
    leaseSeconds: optionalNumber('--lease-seconds', leaseSeconds),
    multicast: onOff('--multicast', multicast),
    unicast: onOff('--unicast', unicast),
    secondPath: secondPath === undefined ? undefined : secondPathOf(secondPath),
    gateway: gateway === 'node' ? null : gateway,
    preemptDelaySeconds: preempt === 'never' ? null : optionalNumber('--preempt', preempt),
    takeover,
  };
}

/** @throws TandemError `cli.not-a-number` */
export function optionalNumber(option: string, text: string | undefined): number | undefined {
  return text === undefined ? undefined : wholeNumber(option, text);
}

export function notUnderstood(message: string): TandemError {
  return new TandemError({
    code: 'cli.not-understood',
    culprit: 'caller',
    message,
    hint: 'See the same command with --help',
  });
}

function onOff(option: string, text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (text !== 'on' && text !== 'off') throw notUnderstood(`${option} is on or off, not ${text}`);
  return text === 'on';
}

function secondPathOf(words: readonly string[]): Readonly<Record<string, object>> | null {
  if (words.length === 1 && words[0] === 'none') return null;
  return Object.fromEntries(
    words.map((word) => {
      const [, node, card, address] = /^([^=]+)=([^,]+),(.+)$/.exec(word) ?? [];
      if (node === undefined || card === undefined || address === undefined)
        throw notUnderstood(`--second-path is node=interface,address, not ${word}`);
      return [node, { interface: card, address }];
    }),
  );
}
