import { TandemError } from '../core/errors.ts';

/** The answer of a node that may not write: who is active, and where. */
export function standbyError(
  nodeName: string,
  active: { name: string; address: string } | undefined,
): TandemError {
  return new TandemError({
    code: 'pair.standby',
    culprit: 'caller',
    message:
      active === undefined
        ? `${nodeName} is standby and hears no active node; nothing was changed.`
        : `${nodeName} is standby; ${active.name} (${active.address}) is active. Nothing was changed.`,
    hint:
      active === undefined
        ? 'Look at both nodes: tandem status'
        : `Run the command on ${active.name}: ssh ${active.address}`,
  });
}

export function notAStandby(name: string): TandemError {
  return new TandemError({
    code: 'replica.reseed.active',
    culprit: 'caller',
    message: `${name} is not a standby: its own data is what counts. Nothing was changed.`,
    hint: 'Run it on the standby; `tandem status` says which node that is.',
  });
}

/** The answer of a follower: it changes nothing, and says who does. */
export function followerError(
  nodeName: string,
  status: { readonly following: { readonly host: string }; readonly source: string | undefined } | undefined,
): TandemError {
  const source =
    status === undefined ? undefined : `${status.source ?? 'the node'} at ${status.following.host}`;
  return new TandemError({
    code: 'follower.standby',
    culprit: 'caller',
    message:
      source === undefined
        ? `${nodeName} is a follower that was not told yet whom to follow; nothing is changed here.`
        : `${nodeName} is a follower and changes nothing; its data comes from ${source}.`,
    hint:
      source === undefined
        ? 'Run: tandem follower join WORD'
        : `Make the change on the active node: ssh ${status?.following.host ?? ''}`,
  });
}
