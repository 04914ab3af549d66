/** The lab on paper: which hosts there are, what they are called and how they are cabled. */

export const nodeNames = ['node-a', 'node-b'] as const;
export type NodeName = (typeof nodeNames)[number];
export type HostKind = 'node' | 'gateway' | 'office' | 'client';
/** The bridges: the office's LAN, the Internet, and the cable between the two nodes. */
type NetworkName = 'lan' | 'wan' | 'cross';

export interface Cable {
  readonly interface: 'eth0' | 'eth1';
  readonly network: NetworkName;
  /** The other end, on the bridge; unique in the lab and at most 15 characters long. */
  readonly port: string;
  readonly address: string;
  readonly mac: string;
}

export interface HostPlan {
  readonly name: string;
  readonly kind: HostKind;
  readonly cables: readonly Cable[];
  readonly defaultGateway: string | undefined;
}

export const prefixLength = 24;
export const maxClients = 200;
const lanGateway = '10.99.0.254';
const wanGateway = '203.0.113.1';

/** A host keeps its hardware address when it is switched off and on. */
function macOf(address: string): string {
  const bytes = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  return ['02', '00', ...bytes].join(':');
}

function host(
  name: string,
  kind: HostKind,
  networks: readonly (readonly [NetworkName, string])[],
  defaultGateway?: string,
): HostPlan {
  const cables = networks.map(([network, address], index): Cable => {
    const card = index === 0 ? 'eth0' : 'eth1';
    return { interface: card, network, port: `${name}-${card}`, address, mac: macOf(address) };
  });
  return { name, kind, cables, defaultGateway };
}

/** All hosts of a lab with so many clients; `clients` is 0 to {@link maxClients}. */
export function planHosts(clients: number): readonly HostPlan[] {
  return [
    host(
      'node-a',
      'node',
      [
        ['lan', '10.99.0.1'],
        ['cross', '192.168.7.1'],
      ],
      lanGateway,
    ),
    host(
      'node-b',
      'node',
      [
        ['lan', '10.99.0.2'],
        ['cross', '192.168.7.2'],
      ],
      lanGateway,
    ),
    host('gateway', 'gateway', [
      ['lan', lanGateway],
      ['wan', wanGateway],
    ]),
    host('office', 'office', [['lan', '10.99.0.50']], lanGateway),
    ...Array.from({ length: clients }, (_, index) =>
      host(`client-${index + 1}`, 'client', [['wan', `203.0.113.${11 + index}`]], wanGateway),
    ),
  ];
}

/** The text of /etc/hosts, the same on every host. */
export function hostsFile(hosts: readonly HostPlan[]): string {
  const lines = hosts.flatMap(({ name, cables }) =>
    cables.slice(0, 1).map(({ address }) => `${address}\t${name}`),
  );
  return ['127.0.0.1\tlocalhost', '::1\tlocalhost ip6-localhost ip6-loopback', ...lines, ''].join('\n');
}
