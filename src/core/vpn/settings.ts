import type { CertificateKeys } from './certificate-keys.ts';

/** One kind of server process: whether it runs, on which port the first of its processes listens, and how many there are. */
export type Listener = {
  readonly enabled: boolean;
  /** Each further process has the next port. */
  readonly port: number;
  readonly processes: number;
};

/** What clients connect to, where they may go and how they prove who they are. The same on both nodes. */
export type VpnSettings = {
  /** The host name or address that profiles name; empty means the virtual address (or this node's own when alone). */
  readonly host: string;
  /** Further hosts that profiles name beside `host`, each with its weight. */
  readonly servers: readonly ProfileServer[];
  readonly udp: Listener;
  readonly tcp: Listener & {
    /** Where to hand on whoever is no VPN client, so that a web page shares the port: `pages`, `127.0.0.1:8443`, or empty for nowhere. */
    readonly shareWith: string;
  };
  /** A server process of its own for the generic profile, with which every user may log in. */
  readonly generic: { readonly enabled: boolean; readonly protocol: 'udp' | 'tcp'; readonly port: number };
  /** An IPv6 address on which each server process listens too; empty for none. It must be on the node that serves. */
  readonly address6: string;
  /** The network clients get their addresses from, in CIDR form; each profile keeps its own address. */
  readonly network: string;
  /** The same for IPv6; empty for none. */
  readonly network6: string;
  /** `nat`: clients appear as the virtual address. `routed`: with their own, and the networks may open connections to them. */
  readonly access: 'nat' | 'routed';
  /** `full`: all of a client's traffic goes through the VPN. `split`: only that to `routes`. */
  readonly tunnel: 'split' | 'full';
  /** Networks behind the nodes that clients may reach, IPv4 or IPv6. */
  readonly routes: readonly string[];
  readonly dns: readonly string[];
  readonly searchDomains: readonly string[];
  readonly clientToClient: boolean;
  /**
   * `process`: packets go through OpenVPN itself, and clients are called back. `kernel`: through the kernel where it can (DCO), and
   * clients come back by `keepalive`: it needs the peer-id, which is another one on the other node.
   */
  readonly dataChannel: 'process' | 'kernel';
  readonly keepalive: Keepalive;
  readonly passwords: PasswordRules;
  readonly lockout: LockoutSettings;
  /** Seconds: a session needs the password again after `lifetime`, or when it was away for twice `renewal`. */
  readonly token: TokenTimes;
  /** What keys the certificates of servers and profiles get that are made from now on. */
  readonly certificateKeys: CertificateKeys;
  /** Free directives, one a line. */
  readonly directives: { readonly server: string; readonly client: string };
};

/** One entry of the list in a profile. Of two servers the one with twice the weight is tried first twice as often. */
type ProfileServer = {
  readonly host: string;
  readonly weight: number;
};

/** Seconds: how often each side pings, and after how long without an answer a client starts over. */
export type Keepalive = {
  readonly ping: number;
  readonly restart: number;
};

type PasswordRules = {
  readonly minimumLength: number;
  /** How many of: lower case, upper case, digits, others. */
  readonly minimumKinds: number;
};

/** After so many wrong answers within the window a user is locked out for the duration. */
export type LockoutSettings = {
  readonly failures: number;
  readonly windowMinutes: number;
  readonly minutes: number;
};

export type TokenTimes = {
  readonly lifetime: number;
  readonly renewal: number;
};

export const defaultVpnSettings: VpnSettings = {
  host: '',
  servers: [],
  udp: { enabled: true, port: 1194, processes: 1 },
  tcp: { enabled: false, port: 443, processes: 1, shareWith: '' },
  generic: { enabled: false, protocol: 'udp', port: 1195 },
  address6: '',
  network: '10.8.0.0/20',
  network6: '',
  access: 'nat',
  tunnel: 'split',
  routes: [],
  dns: [],
  searchDomains: [],
  clientToClient: false,
  dataChannel: 'process',
  // The shortest that OpenVPN allows for a client that learns of a takeover by silence alone.
  keepalive: { ping: 1, restart: 4 },
  passwords: { minimumLength: 8, minimumKinds: 1 },
  lockout: { failures: 5, windowMinutes: 15, minutes: 15 },
  // A working day's session survives without a password.
  token: { lifetime: 43_200, renewal: 3_600 },
  certificateKeys: 'automatic',
  directives: { server: '', client: '' },
};
