/** A client that is in, as far as the way to it is concerned. */
export interface RoutedClient {
  readonly vpnAddress: string;
  readonly vpnAddress6: string | undefined;
  readonly device: string;
  /** Unix time. */
  readonly sinceSeconds: number;
}

export interface ClientRoute {
  readonly address: string;
  readonly device: string;
}

/**
 * The routes of clients that are not on the main device, which holds the route to all of them. A client that moved from
 * one server process to another may be in twice for a moment: the later session counts.
 */
export function clientRoutes(clients: Iterable<RoutedClient>, mainDevice: string): readonly ClientRoute[] {
  const latest = new Map<string, RoutedClient>();
  for (const client of clients) {
    const known = latest.get(client.vpnAddress);
    if (known === undefined || known.sinceSeconds <= client.sinceSeconds)
      latest.set(client.vpnAddress, client);
  }
  return [...latest.values()].flatMap(({ vpnAddress, vpnAddress6, device }) => {
    if (device === mainDevice) return [];
    return [vpnAddress, ...(vpnAddress6 === undefined ? [] : [vpnAddress6])].map((address) => ({
      address,
      device,
    }));
  });
}
