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
