import { serverProcesses } from './processes.ts';
import type { VpnSettings } from './settings.ts';

/** One line of the list in a profile. */
export interface Remote {
  readonly host: string;
  readonly port: number;
  readonly protocol: 'udp' | 'tcp';
}

/** OpenVPN's CONNECTION_LIST_SIZE (options.h). */
const mostRemotes = 64;
/** In a shuffled list TCP, the way out of networks that let no UDP through, is drawn less often than UDP. */
const udpShare = 3;

/**
 * What a profile names, in order: UDP before TCP. With several hosts or processes the list is to be shuffled at each start
 * of a client (`remote-random`), and whoever has more weight stands in it more often.
 * @param ownHost what is named where the settings name no host
 * @param generic for the profile with which every user may log in
 */
export function profileRemotes(
  settings: VpnSettings,
  ownHost: string,
  generic = false,
): { readonly remotes: readonly Remote[]; readonly shuffled: boolean } {
  const processes = serverProcesses(settings).filter((one) => one.address6 === '' && one.generic === generic);
  const own = { host: settings.host === '' ? ownHost : settings.host, weight: 1 };
  const hosts = [own, ...settings.servers];
  const ofProtocol = (protocol: 'udp' | 'tcp'): number =>
    processes.filter((one) => one.protocol === protocol).length;
  const shuffled = hosts.length > 1 || ofProtocol('udp') > 1 || ofProtocol('tcp') > 1;
  const both = ofProtocol('udp') > 0 && ofProtocol('tcp') > 0;
  const remotes = processes.flatMap(({ protocol, port }) =>
    hosts.flatMap(({ host, weight }) => {
      const times = shuffled ? weight * (both && protocol === 'udp' ? udpShare : 1) : 1;
      return Array.from({ length: times }, () => ({ host, port, protocol }));
    }),
  );
  const over6 =
    settings.host === '' && settings.address6 !== '' && !generic
      ? processes.map(({ protocol, port }) => ({ host: settings.address6, port, protocol }))
      : [];
  return { remotes: [...remotes, ...over6].slice(0, mostRemotes), shuffled };
}
