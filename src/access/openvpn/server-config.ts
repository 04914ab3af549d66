import { genericCommonName } from '../../core/openvpn/common-name.ts';
import { netmask } from '../../core/openvpn/ipv4.ts';
import { serverAddress } from '../../core/openvpn/pool.ts';
import { serverAddress6 } from '../../core/vpn/ipv6-network.ts';
import { checkedDirectives } from './directives.ts';
import {
  checkedAccount,
  checkedAnyAddress,
  checkedHost,
  checkedInteger,
  checkedInterface,
  checkedNetwork,
  checkedNetwork6,
  checkedPath,
  option,
  pushed,
} from './syntax.ts';

export type OpenvpnProtocol = 'udp' | 'tcp';

/** One OpenVPN server process. Both nodes run it with the same values, whoever holds the address. */
export interface OpenvpnServerSpec {
  readonly protocol: OpenvpnProtocol;
  /** The virtual address; the process binds to it before the node holds it (`net.ipv4.ip_nonlocal_bind`). */
  readonly address: string;
  readonly port: number;
  readonly device: string;
  /** For the generic profile alone: whoever logs in is called by the name he logs in with. */
  readonly generic?: boolean;
  /** The VPN network in CIDR form; the server takes its first address, clients get theirs from their own file. */
  readonly network: string;
  /** The same for IPv6, a /64 to /96; empty for none. */
  readonly network6: string;
  /** Whether the device holds the route to the whole network. Of several processes only one does. */
  readonly main: boolean;
  /** `address:port` to hand on whoever is no VPN client (`port-share`, TCP alone); empty for nowhere. */
  readonly shareWith: string;
  /** `kernel`: through the kernel where it can. Without the peer-id, which profiles leave out otherwise, it drops every packet. */
  readonly dataChannel?: 'process' | 'kernel';
  /** Free directives of the administrator, one a line. */
  readonly directives: string;
  /** Seconds: the interval of pings, and the silence after which a client starts over (the server waits twice that). */
  readonly keepalive: { readonly ping: number; readonly restart: number };
  /** Seconds: a token ends after `lifetime`, or when it was not renewed for twice `renewal`. */
  readonly token: { readonly lifetime: number; readonly renewal: number };
  readonly files: OpenvpnServerFiles;
  /** Whom the process becomes after the start. It must be able to read the client files and revoked serials. */
  readonly runAs: { readonly user: string; readonly group: string };
}

/** Absolute paths. Keys and secret are read once, as root; both directories at every connect. */
interface OpenvpnServerFiles {
  readonly certificateAuthority: string;
  readonly certificate: string;
  readonly privateKey: string;
  readonly tlsCryptV2ServerKey: string;
  readonly authTokenSecret: string;
  readonly revokedSerials: string;
  readonly clientConfigDirectory: string;
  readonly managementSocket: string;
  readonly pid?: string;
}

/** Strongest first; without compression and without CBC, which also keeps the kernel's data channel possible. */
export const DATA_CIPHERS = 'AES-256-GCM:AES-128-GCM:CHACHA20-POLY1305';

// A hundred clients that come back at once overrun the default buffer, and each lost hello costs its sender 2 s.
const RECEIVE_BUFFER_BYTES = 4_000_000;

/**
 * The configuration of one OpenVPN 2.6 server, as text.
 * @throws TandemError `access.openvpn.bad-value` when a value could be read as anything but itself
 */
export function renderServerConfig(spec: OpenvpnServerSpec): string {
  return `${[
    ...listening(spec),
    ...addressing(spec),
    ...identity(spec),
    ...logins(spec),
    ...privileges(spec),
    ...supervision(spec),
    ...checkedDirectives(spec.directives),
  ].join('\n')}\n`;
}

function listening(spec: OpenvpnServerSpec): string[] {
  const address = checkedAnyAddress('local', spec.address);
  const family = address.includes(':') ? '6' : '4';
  return [
    option('local', address),
    option('port', checkedInteger('port', spec.port, 1, 65_535)),
    option('proto', spec.protocol === 'udp' ? `udp${family}` : `tcp${family}-server`),
    option('rcvbuf', RECEIVE_BUFFER_BYTES),
    // Small packets of a tunnel must not wait for each other.
    ...(spec.protocol === 'tcp' ? [option('tcp-nodelay')] : []),
    ...(spec.protocol === 'tcp' && spec.shareWith !== '' ? [portShare(spec.shareWith)] : []),
    option(
      'keepalive',
      checkedInteger('keepalive', spec.keepalive.ping, 1, 3600),
      checkedInteger('keepalive', spec.keepalive.restart, 2 * spec.keepalive.ping, 43_200),
    ),
  ];
}

function portShare(target: string): string {
  const colon = target.lastIndexOf(':');
  const host = checkedHost('port-share', target.slice(0, colon));
  return option('port-share', host, checkedInteger('port-share', Number(target.slice(colon + 1)), 1, 65_535));
}

// What `server NETWORK MASK nopool` stands for, written out: an address that OpenVPN picked would differ from the one the
// other node picks, and only the main device may hold the route to the network.
function addressing(spec: OpenvpnServerSpec): string[] {
  const network = checkedNetwork('server', spec.network);
  const own = serverAddress(network);
  return [
    option('dev', checkedInterface('dev', spec.device)),
    option('dev-type', 'tun'),
    option('mode', 'server'),
    ...(spec.dataChannel === 'kernel' ? [] : [option('disable-dco')]),
    option('tls-server'),
    option('topology', 'subnet'),
    option('ifconfig', own, netmask(spec.main ? network.prefix : 32)),
    pushed('topology', 'subnet'),
    pushed('route-gateway', own),
    ...addressing6(spec),
    option('client-config-dir', checkedPath('client-config-dir', spec.files.clientConfigDirectory)),
    // It asks for the file before the password is known to be right. A user's first login with the generic profile makes the file;
    // who has none meets the file DEFAULT.
    ...(spec.generic === true ? [] : [option('ccd-exclusive')]),
  ];
}

function addressing6({ network6, main }: OpenvpnServerSpec): string[] {
  if (network6 === '') return [];
  const length = Number(checkedNetwork6('ifconfig-ipv6', network6).split('/')[1]);
  const own = checkedAnyAddress('ifconfig-ipv6', serverAddress6(network6) ?? '');
  return [option('ifconfig-ipv6', `${own}/${main ? length : 124}`, '::'), pushed('tun-ipv6')];
}

function identity(spec: OpenvpnServerSpec): string[] {
  return [
    option('ca', checkedPath('ca', spec.files.certificateAuthority)),
    option('cert', checkedPath('cert', spec.files.certificate)),
    option('key', checkedPath('key', spec.files.privateKey)),
    option('dh', 'none'),
    option('crl-verify', checkedPath('crl-verify', spec.files.revokedSerials), 'dir'),
    option('tls-crypt-v2', checkedPath('tls-crypt-v2', spec.files.tlsCryptV2ServerKey), 'force-cookie'),
    option('tls-version-min', '1.2'),
    option('data-ciphers', DATA_CIPHERS),
  ];
}

// Without `external-auth` a returning client's token is checked inside OpenVPN at once, on either node, and nobody waits
// for a deferred answer. The client's file and the revocation list, read at every connect, refuse whoever was blocked.
function logins(spec: OpenvpnServerSpec): string[] {
  const lifetime = checkedInteger('auth-gen-token', spec.token.lifetime, 60, 31_536_000);
  const renewal = checkedInteger('auth-gen-token', spec.token.renewal, 30, lifetime);
  return [
    option('verify-client-cert', 'require'),
    ...(spec.generic === true
      ? [option('verify-x509-name', genericCommonName, 'name'), option('username-as-common-name')]
      : // A client with a certificate made for that sends no password; whoever decides logins insists on it for all others.
        [option('auth-user-pass-optional')]),
    option('remote-cert-tls', 'client'),
    option('auth-gen-token', lifetime, renewal),
    option('auth-gen-token-secret', checkedPath('auth-gen-token-secret', spec.files.authTokenSecret)),
  ];
}

function privileges(spec: OpenvpnServerSpec): string[] {
  return [
    option('user', checkedAccount('user', spec.runAs.user)),
    option('group', checkedAccount('group', spec.runAs.group)),
    // Before whatever else runs on the node: in a crowd that comes back everybody waits for this one thread.
    option('nice', -10),
    option('persist-key'),
    option('persist-tun'),
    option('script-security', 1),
  ];
}

function supervision(spec: OpenvpnServerSpec): string[] {
  return [
    option('management', checkedPath('management', spec.files.managementSocket), 'unix'),
    option('management-client-auth'),
    ...(spec.files.pid === undefined ? [] : [option('writepid', checkedPath('writepid', spec.files.pid))]),
    option('verb', 3),
  ];
}
