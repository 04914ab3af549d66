import { TandemError } from '../../core/errors.ts';
import type { SecondPath } from '../../settings/pair.ts';

export function changeUnderWay(nodeName: string): TandemError {
  return new TandemError({
    code: 'pair.change.busy',
    culprit: 'operator',
    message: `A change of the pair is under way on ${nodeName} already. Nothing was changed.`,
    hint: 'Wait some seconds; it ends by itself as soon as both nodes see each other. See: tandem status',
  });
}

export function otherPair(nodeName: string): TandemError {
  return new TandemError({
    code: 'pair.change.other-pair',
    culprit: 'peer',
    message: `${nodeName} knows other settings of the pair than the node that asks. Nothing was changed.`,
    hint: 'Wait until every change is on both nodes (tandem replica status), then try again',
  });
}

export function secondPathMissing(nodeName: string, second: SecondPath): TandemError {
  return new TandemError({
    code: 'pair.change.second-path',
    culprit: 'caller',
    message: `${nodeName} has no interface ${second.interface} with the address ${second.address}. Nothing was changed.`,
    hint: `See the interfaces of ${nodeName}: ip -brief address`,
  });
}

export function missingKeys(nodeName: string): TandemError {
  return new TandemError({
    code: 'pair.heartbeat-keys.missing',
    culprit: 'operator',
    message: `${nodeName} lacks the keys of its heartbeat, /var/lib/tandem/heartbeat-keys.json, and takes no part: it would speak unsigned.`,
    hint: 'Copy the file from the other node, with its owner and mode (tandem, 0600); it is taken within a second',
  });
}

export function changeRefused(objections: readonly string[]): TandemError {
  return new TandemError({
    code: 'pair.change.refused',
    culprit: 'operator',
    message: `The pair cannot be changed now: ${objections.join('; ')}. A node that misses a change would come back with what was before and claim the address. Nothing was changed.`,
    hint: 'Bring the other node back and wait until every change is on both (tandem status), or end the pair: tandem failover remove',
  });
}

export function invalidChange(message: string, hint: string): TandemError {
  return new TandemError({
    code: 'pair.change.invalid',
    culprit: 'caller',
    message: `${message} Nothing was changed.`,
    hint,
  });
}

export function noPair(nodeName: string): TandemError {
  return new TandemError({
    code: 'pair.change.no-pair',
    culprit: 'caller',
    message: `${nodeName} is not paired: there is no pair to change.`,
    hint: 'Make one: tandem failover set --help',
  });
}

export function unknownQuestion(nodeName: string, ask: string): TandemError {
  return new TandemError({
    code: 'pair.change.unknown-question',
    culprit: 'peer',
    message: `The version of Tandem on ${nodeName} does not know ${ask}.`,
    hint: 'Bring both nodes to the same version',
  });
}
