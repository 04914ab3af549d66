import { TandemError } from '../core/errors.ts';

export function notPaired(name: string): TandemError {
  return new TandemError({
    code: 'pair.switchover.refused',
    culprit: 'caller',
    message: `${name} is not paired: there is nobody to switch over to.`,
    hint: 'Run: tandem failover set --help',
  });
}

export function alreadyPaired(name: string, peer: string | undefined): TandemError {
  return new TandemError({
    code: 'pair.already-paired',
    culprit: 'caller',
    message: `${name} is paired with ${peer ?? 'another node'} already. Nothing was changed.`,
    hint: 'See: tandem status',
  });
}

export function peerIsPrimary(name: string): TandemError {
  return new TandemError({
    code: 'pair.peer-is-primary',
    culprit: 'operator',
    message: `${name} was set up as a primary node and has data of its own. Nothing was changed.`,
    hint: 'Set the second machine up with: tandem init --failover',
  });
}

export function unpairElsewhere(name: string, peer: string): TandemError {
  return new TandemError({
    code: 'pair.unpair.refused',
    culprit: 'caller',
    message: `${name} was set up as the failover node: ended here, the pair would leave nobody to serve. Nothing was changed.`,
    hint: `Run tandem switchover, then on ${peer}: tandem failover remove. Where ${peer} is gone for good: tandem failover remove --peer-gone`,
  });
}

export function peerNotGone(name: string, peer: string): TandemError {
  return new TandemError({
    code: 'pair.unpair.peer-answers',
    culprit: 'caller',
    message: `${peer} is connected to ${name}: it is not gone. Nothing was changed.`,
    hint: `Run tandem switchover, then on ${peer}: tandem failover remove`,
  });
}
