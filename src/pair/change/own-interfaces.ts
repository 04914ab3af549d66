import { networkInterfaces } from 'node:os';

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
