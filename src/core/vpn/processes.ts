import type { Keepalive, TokenTimes, VpnSettings } from './settings.ts';

/** One OpenVPN server process, as the settings want it. Whatever is in here makes it start anew when it changes. */
export interface ServerProcess {
  readonly name: string;
  readonly protocol: 'udp' | 'tcp';
  readonly port: number;
  readonly device: string;
  readonly network: string;
  readonly network6: string;
  /** The device of this one holds the route to the whole VPN network; clients of the others have a route of their own. */
  readonly main: boolean;
  readonly keepalive: Keepalive;
  readonly token: TokenTimes;
  /** Empty for nowhere. */
  readonly shareWith: string;
  readonly directives: string;
}

/** Every device of ours begins like this (`iifname "tandem*"`). */
const devicePrefix = 'tandem';
const firstTcpDevice = 100;

/** The processes that are to run, the main one first. Their names and devices stay when others come and go. */
export function serverProcesses(settings: VpnSettings): readonly ServerProcess[] {
  const { network, network6, keepalive, token } = settings;
  const common = { network, network6, keepalive, token, directives: settings.directives.server };
  const all = (['udp', 'tcp'] as const).flatMap((protocol) => {
    const { enabled, port, processes } = settings[protocol];
    return Array.from({ length: enabled ? processes : 0 }, (_, index) => ({
      ...common,
      name: index === 0 ? protocol : `${protocol}-${index + 1}`,
      protocol,
      port: port + index,
      device: `${devicePrefix}${index + (protocol === 'tcp' ? firstTcpDevice : 0)}`,
      shareWith: protocol === 'tcp' && index === 0 ? settings.tcp.shareWith : '',
    }));
  });
  return all.map((one, index) => ({ ...one, main: index === 0 }));
}
