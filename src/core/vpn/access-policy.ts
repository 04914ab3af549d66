import type { VpnSettings } from './settings.ts';

/** A client and what is said of its user. */
export interface ClientOfUser {
  readonly addresses: readonly string[];
  readonly routes: readonly string[];
  /** Undefined: everything that is routed. */
  readonly access: readonly string[] | undefined;
}

/** Clients by their addresses, and all that they may reach, as access rules. */
export interface AccessPolicy {
  readonly addresses: readonly string[];
  readonly allow: readonly string[];
}

/** Who may reach what; clients that may reach the same are together. */
export function accessPolicies(
  clients: Iterable<ClientOfUser>,
  settings: Pick<VpnSettings, 'routes' | 'tunnel' | 'clientToClient' | 'network' | 'network6'>,
): readonly AccessPolicy[] {
  const together = new Map<string, { addresses: string[]; allow: readonly string[] }>();
  for (const client of clients) {
    const allow = client.access ?? routed(client.routes, settings);
    const key = allow.join('\n');
    const policy = together.get(key);
    if (policy === undefined) together.set(key, { addresses: [...client.addresses], allow });
    else policy.addresses.push(...client.addresses);
  }
  return [...together.values()];
}

function routed(
  own: readonly string[],
  { routes, tunnel, clientToClient, network, network6 }: Parameters<typeof accessPolicies>[1],
): readonly string[] {
  if (tunnel === 'full') return ['0.0.0.0/0', '::/0'];
  const others = clientToClient ? [network, ...(network6 === '' ? [] : [network6])] : [];
  return [...new Set([...routes, ...own, ...others])];
}
