import { networkInterfaces } from 'node:os';
import { TandemError } from '../core/errors.ts';

export interface LanInterface {
  readonly name: string;
  readonly address: string;
  readonly prefixLength: number;
}

/** The IPv4 addresses of this machine that a LAN could reach: not loopback, not link-local. */
export function lanInterfaces(): LanInterface[] {
  const found: LanInterface[] = [];
  for (const [name, entries] of Object.entries(networkInterfaces())) {
    for (const entry of entries ?? []) {
      if (entry.family !== 'IPv4' || entry.internal || entry.address.startsWith('169.254.')) continue;
      const prefixLength = Number(entry.cidr?.split('/')[1] ?? 32);
      found.push({ name, address: entry.address, prefixLength });
    }
  }
  return found;
}

/**
 * The one that was named, or the only one there is.
 * @throws TandemError `setup.interface.unknown`, `setup.interface.ambiguous`, listing what there is
 */
export function chooseInterface(
  wish: { name?: string | undefined; address?: string | undefined },
  available: readonly LanInterface[],
): LanInterface {
  const fitting = available.filter(
    (one) =>
      (wish.name === undefined || one.name === wish.name) &&
      (wish.address === undefined || one.address === wish.address),
  );
  const [only, ...more] = fitting;
  if (only !== undefined && more.length === 0) return only;
  const list = available.map((one) => `${one.name} ${one.address}/${one.prefixLength}`).join(', ') || 'none';
  throw new TandemError({
    code: only === undefined ? 'setup.interface.unknown' : 'setup.interface.ambiguous',
    culprit: 'caller',
    message:
      only === undefined
        ? `No interface fits ${wish.name ?? ''} ${wish.address ?? ''}`
            .trim()
            .concat(`. This machine has: ${list}.`)
        : `This machine has more than one LAN address: ${list}.`,
    hint: 'Name one: tandem init --interface NAME --address ADDRESS',
  });
}
