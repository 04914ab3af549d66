import { directiveLines } from '../openvpn/directives.ts';
import type { OpenvpnProtocol } from '../openvpn/server-config.ts';
import { DATA_CIPHERS } from '../openvpn/server-config.ts';
import { checkedHost, checkedInteger, inline, option } from '../openvpn/syntax.ts';

export type ProfileKind = 'user-locked' | 'auto-login';

interface ProfileRemote {
  /** A host name or an IPv4 address. */
  readonly host: string;
  readonly port: number;
  readonly protocol: OpenvpnProtocol;
}

/** A profile for one user's certificate. PEM texts. */
export interface ProfileSpec {
  /** `user-locked` asks for that user's password; for `auto-login` the certificate is enough. */
  readonly kind?: ProfileKind;
  /** Tried in this order, or shuffled at each start. At least one. */
  readonly remotes: readonly ProfileRemote[];
  readonly shuffled?: boolean;
  /** Free directives of the administrator, one a line; they come last, so that they count. */
  readonly directives?: string;
  /** The common name that the pair's server certificate carries. */
  readonly serverName: string;
  readonly certificateAuthority: string;
  readonly certificate: string;
  readonly privateKey: string;
  readonly tlsCryptV2ClientKey: string;
  /** `kernel`: packets go through the kernel where it can; the client cannot be called back then. */
  readonly dataChannel?: 'process' | 'kernel';
  /** Whether the person is asked for a one-time code beside the password. */
  readonly oneTimeCode?: boolean;
}

/** OpenVPN's CONNECTION_LIST_SIZE (options.h). */
const MAX_REMOTES = 64;

const withoutPeerId: readonly string[] = [
  // Without a peer-id the server finds a client by its address, so that new keys from the other node fit the session
  // that the client already has, although the other node numbers its clients differently.
  option('pull-filter', 'ignore', 'peer-id'),
  // The kernel's data channel needs the peer-id and refuses to connect without; 2.5 does not know the option.
  option('ignore-unknown-option', 'disable-dco'),
  option('disable-dco'),
];

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
    ...(spec.shuffled === true ? [option('remote-random')] : []),
    ...patience(spec.remotes.length > 1),
    option('persist-tun'),
    option('persist-key'),
    option('remote-cert-tls', 'server'),
    option('verify-x509-name', checkedHost('verify-x509-name', spec.serverName), 'name'),
    ...(spec.kind === 'auto-login' ? [] : questions(spec)),
    option('data-ciphers', DATA_CIPHERS),
    ...(spec.dataChannel === 'kernel' ? [] : withoutPeerId),
    option('verb', 3),
    ...directiveLines(spec.directives ?? '').map(({ words }) => words),
    inline('ca', spec.certificateAuthority),
    inline('cert', spec.certificate),
    inline('key', spec.privateKey),
    inline('tls-crypt-v2', spec.tlsCryptV2ClientKey),
  ];
  return `${lines.join('\n')}\n`;
}

function questions({ oneTimeCode }: ProfileSpec): string[] {
  // The code is sent with the password and once per session: afterwards the client has its token.
  return [
    option('auth-user-pass'),
    ...(oneTimeCode === true ? [option('static-challenge', 'One-time code', 1)] : []),
  ];
}

// OpenVPN's own defaults wait 120 s for a silent server, double pauses up to 300 s and resolve a dead name for ever. Of a
// list the next one is tried soon: with two dead servers before the living one a client is in within 20 s.
function patience(isList: boolean): string[] {
  return [
    option('connect-retry', 1, isList ? 5 : 15),
    option('resolv-retry', isList ? 2 : 20),
    option('server-poll-timeout', isList ? 5 : 8),
  ];
}

function remote(target: ProfileRemote): string {
  const host = checkedHost('remote', target.host);
  const port = checkedInteger('remote', target.port, 1, 65_535);
  return option('remote', host, port, target.protocol === 'udp' ? 'udp' : 'tcp-client');
}
