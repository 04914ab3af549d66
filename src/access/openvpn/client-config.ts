import { TandemError } from '../../core/errors.ts';
import { isLoginName, parseCommonName } from '../../core/openvpn/common-name.ts';
import {
  checkedAddress,
  checkedAnyAddress,
  checkedHost,
  checkedNetwork6,
  networkWords,
  option,
  pushed,
} from './syntax.ts';

/** What the server reads about one client when it connects (`client-config-dir`). */
export interface ClientConfig {
  /** The client's own VPN address, the same on both nodes. */
  readonly address: string;
  /** The VPN network's mask in dotted form. */
  readonly netmask: string;
  /** The client's own IPv6 address with its length, and the server's. */
  readonly ipv6?: { readonly address: string; readonly server: string } | undefined;
  /** Refuses the client, also one that holds a valid token. */
  readonly disabled: boolean;
  /** Networks that the client reaches through the VPN, in CIDR form, IPv4 or IPv6. */
  readonly routes: readonly string[];
  /** All of the client's traffic goes through the VPN. */
  readonly fullTunnel?: boolean;
  readonly dns?: readonly string[];
  readonly searchDomains?: readonly string[];
}

/** @throws TandemError `access.openvpn.bad-value` */
export function renderClientConfigFile(client: ClientConfig): string {
  const address = checkedAddress('ifconfig-push', client.address);
  const { ipv6, fullTunnel = false, dns = [], searchDomains = [] } = client;
  const lines = [
    option('ifconfig-push', address, checkedAddress('ifconfig-push', client.netmask)),
    ...(ipv6 === undefined
      ? []
      : [
          option(
            'ifconfig-ipv6-push',
            checkedNetwork6('ifconfig-ipv6-push', ipv6.address),
            checkedAnyAddress('ifconfig-ipv6-push', ipv6.server),
          ),
        ]),
    ...(fullTunnel ? wholeTraffic(ipv6 !== undefined) : []),
    ...client.routes.flatMap((route) => pushedRoute(route, ipv6 !== undefined)),
    ...dns.map((server) =>
      pushed(
        'dhcp-option',
        server.includes(':') ? 'DNS6' : 'DNS',
        checkedAnyAddress('push dhcp-option DNS', server),
      ),
    ),
    ...searchDomains.map((domain) =>
      pushed('dhcp-option', 'DOMAIN-SEARCH', checkedHost('push dhcp-option DOMAIN-SEARCH', domain)),
    ),
  ];
  // With an address, a client that is being rejected would look like one that is in (in events and in the status).
  return client.disabled ? `${option('disable')}\n` : `${lines.join('\n')}\n`;
}

// Without IPv6 in the VPN what a client sends over IPv6 would go past it.
function wholeTraffic(withIpv6: boolean): string[] {
  return withIpv6
    ? [pushed('redirect-gateway', 'def1', 'ipv6')]
    : [pushed('redirect-gateway', 'def1'), pushed('block-ipv6')];
}

/** A client without an IPv6 address in the VPN gets no IPv6 routes: it could not use them. */
function pushedRoute(route: string, withIpv6: boolean): string[] {
  if (!route.includes(':')) return [pushed('route', ...networkWords('push route', route))];
  const network = checkedNetwork6('push route-ipv6', route);

  return withIpv6 ? [pushed('route-ipv6', network)] : [];
}

/**
 * The name of that file inside the directory: the certificate's common name, or the user's with the generic profile.
 * @throws TandemError `access.openvpn.bad-common-name` for a text that is neither
 */
export function clientConfigFileName(commonName: string): string {
  if (parseCommonName(commonName) !== undefined || isLoginName(commonName)) return commonName;
  throw new TandemError({
    code: 'access.openvpn.bad-common-name',
    culprit: 'us',
    message: `Cannot keep a file for the client ${JSON.stringify(commonName)}: it is not <username>:<profile>`,
    hint: 'Issue the profile again',
  });
}
