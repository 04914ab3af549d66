import { networkInterfaces } from 'node:os';
import type { SecondPath } from '../../settings/pair.ts';
import { secondPathMissing } from './change-errors.ts';

/** The addresses of every interface of this machine, by its name. */
export function interfacesOfMachine(): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(networkInterfaces()).map(([name, entries]) => [
      name,
      (entries ?? []).map(({ address }) => address),
    ]),
  );
}

/** Of one interface, as `2001:db8::1/64`. */
export function prefixesOf(name: string): readonly string[] {
  return (networkInterfaces()[name] ?? []).flatMap(({ cidr }) => (cidr === null ? [] : [cidr]));
}

/** @throws TandemError `pair.change.second-path` */
export function checkSecondPath(
  name: string,
  second: SecondPath | undefined,
  interfaces: Readonly<Record<string, readonly string[]>> = interfacesOfMachine(),
): void {
  if (second !== undefined && interfaces[second.interface]?.includes(second.address) !== true)
    throw secondPathMissing(name, second);
}
