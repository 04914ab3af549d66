import {
  checkedAccount,
  checkedAddress,
  checkedInteger,
  checkedInterface,
  checkedPath,
  networkWords,
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
  /** The VPN network in CIDR form; the server takes its first address, clients get theirs from their own file. */
  readonly network: string;
  /** Networks that clients reach through the VPN, in CIDR form. */
  readonly routes: readonly string[];
  readonly dns: readonly string[];
  /** Seconds: the interval of pings, and the silence after which a client starts over (the server waits twice that). */
  readonly keepalive: { readonly ping: number; readonly restart: number };
  /** Seconds: a token ends after `lifetime`, or when it was not renewed for twice `renewal`. */
  readonly token: { readonly lifetime: number; readonly renewal: number };
  readonly files: OpenvpnServerFiles;
  /** Whom the process becomes after the start. It must be able to read the revocation list and the client files. */
  readonly runAs: { readonly user: string; readonly group: string };
}

/** Absolute paths. Keys and secret are read once, as root; the list and the directory at every connect. */
interface OpenvpnServerFiles {
  readonly certificateAuthority: string;
  readonly certificate: string;
  readonly privateKey: string;
  readonly tlsCryptV2ServerKey: string;
  readonly authTokenSecret: string;
  readonly revocationList: string;
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
    ...pushedToClients(spec),
    ...privileges(spec),
    ...supervision(spec),
  ].join('\n')}\n`;
}

function listening(spec: OpenvpnServerSpec): string[] {
  return [
    option('local', checkedAddress('local', spec.address)),
    option('port', checkedInteger('port', spec.port, 1, 65_535)),
    option('proto', spec.protocol === 'udp' ? 'udp4' : 'tcp4-server'),
    option('rcvbuf', RECEIVE_BUFFER_BYTES),
    option(
      'keepalive',
      checkedInteger('keepalive', spec.keepalive.ping, 1, 3600),
      checkedInteger('keepalive', spec.keepalive.restart, 2 * spec.keepalive.ping, 43_200),
    ),
  ];
}

// `nopool`: an address that OpenVPN picked would differ from the one the other node picks.
function addressing(spec: OpenvpnServerSpec): string[] {
  return [
    option('dev', checkedInterface('dev', spec.device)),
    option('dev-type', 'tun'),
    option('topology', 'subnet'),
    option('server', ...networkWords('server', spec.network), 'nopool'),
    option('client-config-dir', checkedPath('client-config-dir', spec.files.clientConfigDirectory)),
    option('ccd-exclusive'),
  ];
}

function identity(spec: OpenvpnServerSpec): string[] {
  return [
    option('ca', checkedPath('ca', spec.files.certificateAuthority)),
    option('cert', checkedPath('cert', spec.files.certificate)),
    option('key', checkedPath('key', spec.files.privateKey)),
    option('dh', 'none'),
    option('crl-verify', checkedPath('crl-verify', spec.files.revocationList)),
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
    option('remote-cert-tls', 'client'),
    option('auth-gen-token', lifetime, renewal),
    option('auth-gen-token-secret', checkedPath('auth-gen-token-secret', spec.files.authTokenSecret)),
  ];
}

function pushedToClients(spec: OpenvpnServerSpec): string[] {
  return [
    ...spec.routes.map((route) => pushed('route', ...networkWords('push route', route))),
    ...spec.dns.map((server) => pushed('dhcp-option', 'DNS', checkedAddress('push dhcp-option DNS', server))),
  ];
}

function privileges(spec: OpenvpnServerSpec): string[] {
  return [
    option('user', checkedAccount('user', spec.runAs.user)),
    option('group', checkedAccount('group', spec.runAs.group)),
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
