import type { OpenvpnProtocol } from '../openvpn/server-config.ts';
import { DATA_CIPHERS } from '../openvpn/server-config.ts';
import { checkedHost, checkedInteger, inline, option } from '../openvpn/syntax.ts';

interface ProfileRemote {
  /** A host name or an IPv4 address. */
  readonly host: string;
  readonly port: number;
  readonly protocol: OpenvpnProtocol;
}

/** A user-locked profile: works for one user's certificate and asks for that user's password. PEM texts. */
export interface ProfileSpec {
  /** Tried in this order. At least one. */
  readonly remotes: readonly ProfileRemote[];
  /** The common name that the pair's server certificate carries. */
  readonly serverName: string;
  readonly certificateAuthority: string;
  readonly certificate: string;
  readonly privateKey: string;
  readonly tlsCryptV2ClientKey: string;
  /** Whether the person is asked for a one-time code beside the password. */
  readonly oneTimeCode?: boolean;
}

/** OpenVPN's CONNECTION_LIST_SIZE (options.h). */
const MAX_REMOTES = 64;

/**
 * The `.ovpn` file, everything inline. It holds secrets.
 * @throws TandemError `access.openvpn.bad-value`
 */
export function renderProfile(spec: ProfileSpec): string {
  checkedInteger('remote: how many', spec.remotes.length, 1, MAX_REMOTES);
  const lines = [
    option('client'),
    option('dev', 'tun'),
    ...spec.remotes.map(remote),
    option('nobind'),
    ...patience(),
    option('persist-tun'),
    option('persist-key'),
    option('remote-cert-tls', 'server'),
    option('verify-x509-name', checkedHost('verify-x509-name', spec.serverName), 'name'),
    option('auth-user-pass'),
    // The code is sent with the password and once per session: afterwards the client has its token.
    ...(spec.oneTimeCode === true ? [option('static-challenge', 'One-time code', 1)] : []),
    option('data-ciphers', DATA_CIPHERS),
    // Without a peer-id the server finds a client by its address, so that new keys from the other node fit the session
    // that the client already has, although the other node numbers its clients differently.
    option('pull-filter', 'ignore', 'peer-id'),
    // The kernel's data channel needs the peer-id and refuses to connect without; 2.5 does not know the option.
    option('ignore-unknown-option', 'disable-dco'),
    option('disable-dco'),
    option('verb', 3),
    inline('ca', spec.certificateAuthority),
    inline('cert', spec.certificate),
    inline('key', spec.privateKey),
    inline('tls-crypt-v2', spec.tlsCryptV2ClientKey),
  ];
  return `${lines.join('\n')}\n`;
}

// OpenVPN's own defaults wait 120 s for a silent server, double pauses up to 300 s and resolve a dead name for ever.
function patience(): string[] {
  return [option('connect-retry', 1, 15), option('resolv-retry', 20), option('server-poll-timeout', 8)];
}

function remote(target: ProfileRemote): string {
  const host = checkedHost('remote', target.host);
  const port = checkedInteger('remote', target.port, 1, 65_535);
  return option('remote', host, port, target.protocol === 'udp' ? 'udp' : 'tcp-client');
}
