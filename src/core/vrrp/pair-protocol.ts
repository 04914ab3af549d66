/** What the heartbeats of a pair speak: VRRP of RFC 9568, VRRP of RFC 3768, or CARP as UCARP speaks it. */
export const pairProtocols = ['vrrp3', 'vrrp2', 'carp'] as const;
export type PairProtocol = (typeof pairProtocols)[number];

/** Why a pair cannot be made so, as a sentence; undefined where it can. */
export function protocolObjection(pair: {
  readonly protocol?: PairProtocol | undefined;
  readonly virtualMac?: boolean | undefined;
  readonly advertisementIntervalMs: number;
}): string | undefined {
  const { protocol = 'vrrp3', virtualMac = false, advertisementIntervalMs } = pair;
  if (protocol === 'vrrp3') return undefined;
  const name = protocol === 'carp' ? 'CARP' : 'VRRP version 2';
  if (protocol === 'carp' && virtualMac) return 'CARP as UCARP speaks it has no virtual MAC.';
  return advertisementIntervalMs % 1_000 === 0
    ? undefined
    : `${name} counts whole seconds: a heartbeat every ${advertisementIntervalMs} ms needs VRRP version 3.`;
}

/** What cannot be changed while both heartbeats run, as a sentence; undefined where everything can. */
export function fixedByProtocol(
  pair: { readonly protocol?: PairProtocol | undefined; readonly virtualMac?: boolean | undefined },
  changes: { readonly vhid: boolean; readonly spoken: boolean },
): string | undefined {
  if (pair.protocol === 'carp' && changes.spoken)
    return 'CARP cannot speak two forms at a time, so VHID, timing, address and key of this pair stay as they are.';
  if (pair.virtualMac === true && changes.vhid)
    return 'The virtual MAC has the VHID in it, so the VHID of this pair stays as it is.';
  return undefined;
}
