import type { Keepalive, TokenTimes, VpnSettings } from './settings.ts';

/** One OpenVPN server process, as the settings want it. Whatever is in here makes it start anew when it changes. */
export interface ServerProcess {
  readonly name: string;
  readonly protocol: 'udp' | 'tcp';
  readonly port: number;
  /** The IPv6 address to listen on; empty for the virtual address. */
  readonly address6: string;
  readonly device: string;
  /** For the generic profile: a client is called by the name of the user who logged in. */
  readonly generic: boolean;
  readonly network: string;
  readonly network6: string;
  /** The device of this one holds the route to the whole VPN network; clients of the others have a route of their own. */
  readonly main: boolean;
  readonly dataChannel: VpnSettings['dataChannel'];
  readonly keepalive: Keepalive;
  readonly token: TokenTimes;
  /** `pages` for those of the node that serves, or an address and a port; empty for nowhere. */
  readonly shareWith: string;
  readonly directives: string;
}

/** Devices are numbered so that none changes its name when a process of another kind comes or goes. */
const kinds = [
  { protocol: 'udp', suffix: '', firstDevice: 0 },
  { protocol: 'tcp', suffix: '', firstDevice: 100 },
  { protocol: 'udp', suffix: '6', firstDevice: 200 },
  { protocol: 'tcp', suffix: '6', firstDevice: 300 },
] as const;

const genericDevice = 'tandem400';

/** Whether clients that move are noticed there: packets without a peer-id say nothing of whose they are, over IPv4 they are looked at. */
export function isWatched({ protocol, address6 }: ServerProcess): boolean {
  return protocol === 'udp' && address6 === '';
}

/** The processes that are to run, the main one first. Their names and devices stay when others come and go. */
export function serverProcesses(settings: VpnSettings): readonly ServerProcess[] {
  const { network, network6, dataChannel, keepalive, token } = settings;
  const directives = settings.directives.server;
  const common = { network, network6, dataChannel, keepalive, token, directives };
  const all = kinds.flatMap(({ protocol, suffix, firstDevice }) => {
    const { enabled, port, processes } = settings[protocol];
    const count = enabled && (suffix === '' || settings.address6 !== '') ? processes : 0;
    return Array.from({ length: count }, (_, index) => ({
      ...common,
      name: `${protocol}${suffix}${index === 0 ? '' : `-${index + 1}`}`,
      protocol,
      port: port + index,
      address6: suffix === '' ? '' : settings.address6,
      device: `tandem${index + firstDevice}`,
      generic: false,
      shareWith: protocol === 'tcp' && index === 0 ? settings.tcp.shareWith : '',
    }));
  });
  const { generic } = settings;
  const forAll = {
    ...common,
    ...{ name: `${generic.protocol}-any`, protocol: generic.protocol, port: generic.port, address6: '' },
    ...{ device: genericDevice, generic: true, shareWith: '' },
  };
  return [...all, ...(generic.enabled ? [forAll] : [])].map((one, index) => ({ ...one, main: index === 0 }));
}
