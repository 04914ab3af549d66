import { z } from 'zod';
import { type TakeoverPolicy, takeoverPolicies } from '../core/election/sync.ts';
import { recallPacketLength } from '../core/recall/packet.ts';
import { isOneHost } from '../core/recall/policy.ts';
import type { AccessPolicy } from '../core/vpn/access-policy.ts';
import type { ClientRoute } from '../core/vpn/client-routes.ts';
import type { Keepalive, TokenTimes } from '../core/vpn/settings.ts';
import { type PairProtocol, pairProtocols } from '../core/vrrp/pair-protocol.ts';
import { type HeartbeatKeys, heartbeatKeysSchema } from '../settings/heartbeat-keys.ts';
import { interfaceNameSchema } from '../settings/network.ts';
import { sharedIpv6Schema } from '../settings/pair.ts';
import { keepaliveSchema, tokenTimesSchema } from '../settings/vpn.ts';
import {
  type ProbeAnswer,
  type ProbeRequest,
  probeAnswerSchema,
  probeRequestSchema,
} from '../validation/contract.ts';

/**
 * All that the unprivileged server may ask of the privileged supervisor. Every request is checked here, on the
 * privileged side, and everything it leads to (an OpenVPN configuration, a firewall table, the heartbeat's file) is
 * rendered there from these fields: the server cannot name a program, a script or a file.
 */
export type RequestBody =
  | { readonly ask: 'heartbeat.run'; readonly heartbeat: HeartbeatRequest }
  | { readonly ask: 'heartbeat.stop' }
  | { readonly ask: 'openvpn.run'; readonly openvpn: OpenvpnRequest }
  | { readonly ask: 'openvpn.restart'; readonly name: string; readonly hung: boolean }
  | { readonly ask: 'openvpn.stop'; readonly name: string }
  | { readonly ask: 'client-routes.apply'; readonly routes: readonly ClientRoute[] }
  | { readonly ask: 'firewall.apply'; readonly firewall: FirewallRequest }
  | { readonly ask: 'connections.run'; readonly connections: ConnectionTrackingRequest }
  | { readonly ask: 'connections.follow'; readonly serving: boolean }
  | { readonly ask: 'recall.send'; readonly recall: RecallRequest }
  | { readonly ask: 'recall.tickle'; readonly tickle: EndpointRequest }
  | { readonly ask: 'recall.nudge'; readonly nudge: EndpointRequest }
  | { readonly ask: 'listen'; readonly listen: ListenRequest }
  | { readonly ask: 'lan.probe'; readonly probe: ProbeRequest }
  | { readonly ask: 'log.read'; readonly lines: number };

export interface HeartbeatRequest {
  readonly interface: string;
  readonly vhid: number;
  readonly priority: number;
  readonly advertisementIntervalMs: number;
  readonly virtualAddress: string;
  /** Comes and goes with it. */
  readonly address6?: string | undefined;
  readonly protocol: PairProtocol;
  readonly virtualMac: boolean;
  readonly leaseSeconds: number;
  /** The other node on the same LAN; heard by unicast too, should multicast be filtered. */
  readonly peerAddress: string;
  /** What signs and checks advertisements. */
  readonly keys: HeartbeatKeys;
  readonly paths: { readonly multicast: boolean; readonly unicast: boolean };
  /** The other node's address on another interface of this one. */
  readonly second?: { readonly interface: string; readonly peerAddress: string } | undefined;
  /** `auto`, `off` or an address; undefined: as the node's own file says. */
  readonly gateway?: string | undefined;
  /** Undefined: it never takes the role back by itself. */
  readonly preemptDelayMs?: number | undefined;
  /** When it takes over from a node that vanished. */
  readonly takeover: TakeoverPolicy;
  /** It listens so long before it may take part. */
  readonly startDelayMs?: number | undefined;
}

export interface OpenvpnRequest {
  readonly name: string;
  readonly protocol: 'udp' | 'tcp';
  /** The address to serve on, IPv4 or IPv6; it need not be on this node yet. */
  readonly address: string;
  readonly port: number;
  readonly device: string;
  readonly generic: boolean;
  readonly network: string;
  /** Empty for none, as the next two. */
  readonly network6: string;
  readonly shareWith: string;
  /** Checked again where they are rendered. */
  readonly directives: string;
  /** Whether its device holds the route to the whole VPN network. */
  readonly main: boolean;
  readonly dataChannel: 'process' | 'kernel';
  readonly keepalive: Keepalive;
  readonly token: TokenTimes;
  /** PEM blocks; they go into files that only root can read. */
  readonly identity: {
    readonly certificateAuthority: string;
    readonly certificate: string;
    readonly privateKey: string;
    readonly tlsCryptV2ServerKey: string;
    readonly authTokenSecret: string;
  };
}

export interface FirewallRequest {
  readonly vpnNetwork: string;
  /** Empty for none. */
  readonly vpnNetwork6: string;
  /** What clients' traffic is translated to on its way to the LAN. */
  readonly sourceAddress: string;
  /** The same over IPv6; left out: the node's own. */
  readonly sourceAddress6?: string | undefined;
  readonly vpnDevices: readonly string[];
  readonly lanInterface: string;
  readonly access: 'nat' | 'routed';
  readonly routes: readonly string[];
  readonly clientToClient: boolean;
  readonly policies: readonly AccessPolicy[];
  /** Where a service of this node listens on the virtual address. */
  readonly ownTcpPorts: readonly number[];
  readonly peerAddress?: string | undefined;
  /** Where OpenVPN serves over UDP, and how often it sends a client something at least. */
  readonly watch: { readonly ports: readonly number[]; readonly ping: number };
}

/** Connections of clients are told to the other node (conntrackd), between these two addresses. */
export interface ConnectionTrackingRequest {
  readonly interface: string;
  readonly address: string;
  readonly peerAddress: string;
  readonly vpnNetwork: string;
  /** The same over IPv6; empty for none. */
  readonly vpnNetwork6: string;
}

/** One client of the OpenVPN process of that name. */
export type EndpointRequest = Pick<RecallRequest, 'name' | 'address' | 'port'>;

/** One packet to one client, from the address and port of the OpenVPN process of that name. */
export interface RecallRequest {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** Base64; a server's hard reset and nothing else (`core/recall/packet.ts`). */
  readonly packet: string;
}

/** A TCP port to take connections on, which the supervisor opens and hands over with its reply. */
export interface ListenRequest {
  /** One that need not be on this node yet, or `0.0.0.0` or `::` for every one. */
  readonly address: string;
  readonly port: number;
}

/** A packet that came to OpenVPN from where it knows no client, or with which a client begins where it has a session. */
export interface WatchedPacket {
  readonly address: string;
  readonly port: number;
  readonly serverPort: number;
  /** Bytes of payload. */
  readonly length: number;
  /** The whole payload, base64, of a packet that begins a session. */
  readonly opening?: string | undefined;
}

/** What the supervisor tells without having been asked. */
export interface Notice {
  readonly packets: readonly WatchedPacket[];
}

export interface Request {
  /** Undefined: nobody waits for a reply. */
  readonly id?: number | undefined;
  readonly body: RequestBody;
}

/** The supervisor's answer to the request of the same id; `error` is in words. */
export interface Reply {
  readonly id: number;
  readonly error?: string | undefined;
  /** What was seen, where the request was to look. */
  readonly probe?: ProbeAnswer | undefined;
  /** Lines of the log, where the request was to read it. */
  readonly log?: readonly string[] | undefined;
}

const instanceName = z.string().regex(/^[a-z0-9-]{1,15}$/);
const port = z.int().min(1).max(65_535);
/** The byte 0x40, the opcode of a server's hard reset with key id 0: 010000 and, in the next digit, 00 first. */
const recallOpcodeInBase64 = /^Q[A-P]/;
const pem = z.string().min(1).max(65_536);

const heartbeat: z.ZodType<HeartbeatRequest> = z.strictObject({
  interface: interfaceNameSchema,
  vhid: z.int().min(1).max(255),
  priority: z.int().min(1).max(254),
  advertisementIntervalMs: z.int().min(10).max(40_950),
  virtualAddress: z.cidrv4(),
  address6: sharedIpv6Schema.optional(),
  protocol: z.enum(pairProtocols),
  virtualMac: z.boolean(),
  leaseSeconds: z.int().min(1).max(60),
  peerAddress: z.ipv4(),
  keys: heartbeatKeysSchema,
  paths: z.strictObject({ multicast: z.boolean(), unicast: z.boolean() }),
  second: z.strictObject({ interface: interfaceNameSchema, peerAddress: z.ipv4() }).optional(),
  gateway: z.union([z.literal('auto'), z.literal('off'), z.ipv4()]).optional(),
  preemptDelayMs: z.int().min(0).max(3_600_000).optional(),
  takeover: z.enum(takeoverPolicies),
  startDelayMs: z.int().min(0).max(60_000).optional(),
});

const openvpn: z.ZodType<OpenvpnRequest> = z.strictObject({
  name: instanceName,
  protocol: z.enum(['udp', 'tcp']),
  address: z.union([z.ipv4(), z.ipv6()]),
  port,
  device: interfaceNameSchema,
  generic: z.boolean(),
  network: z.cidrv4(),
  network6: z.union([z.literal(''), z.cidrv6()]),
  shareWith: z.string().max(80),
  directives: z.string().max(8_192),
  main: z.boolean(),
  dataChannel: z.enum(['process', 'kernel']),
  keepalive: keepaliveSchema,
  token: tokenTimesSchema,
  identity: z.strictObject({
    certificateAuthority: pem,
    certificate: pem,
    privateKey: pem,
    tlsCryptV2ServerKey: pem,
    authTokenSecret: pem,
  }),
});

const clientAddress = z.union([z.ipv4(), z.ipv6()]);
const networks = z.array(z.union([z.cidrv4(), z.cidrv6()]));

const firewall: z.ZodType<FirewallRequest> = z.strictObject({
  vpnNetwork: z.cidrv4(),
  vpnNetwork6: z.union([z.literal(''), z.cidrv6()]),
  sourceAddress: z.ipv4(),
  sourceAddress6: z.ipv6().optional(),
  vpnDevices: z.array(interfaceNameSchema).min(1).max(64),
  lanInterface: interfaceNameSchema,
  access: z.enum(['nat', 'routed']),
  routes: networks.max(64),
  clientToClient: z.boolean(),
  policies: z
    .array(
      z.strictObject({
        addresses: z.array(clientAddress).max(100_000),
        allow: z.array(z.string().max(256)).max(256),
      }),
    )
    .max(10_000),
  ownTcpPorts: z.array(port).max(16),
  peerAddress: z.ipv4().optional(),
  watch: z.strictObject({ ports: z.array(port).max(32), ping: z.int().min(1).max(60) }),
});

const connections: z.ZodType<ConnectionTrackingRequest> = z.strictObject({
  interface: interfaceNameSchema,
  address: z.ipv4(),
  peerAddress: z.ipv4(),
  vpnNetwork: z.cidrv4(),
  vpnNetwork6: z.union([z.literal(''), z.cidrv6()]),
});

const oneOtherHost = z.union([z.ipv4(), z.ipv6()]).refine(isOneHost, 'not the address of one other host');

const endpoint: z.ZodType<EndpointRequest> = z.strictObject({
  name: instanceName,
  address: oneOtherHost,
  port,
});

const recall: z.ZodType<RecallRequest> = z.strictObject({
  name: instanceName,
  address: oneOtherHost,
  port,
  packet: z
    .base64()
    .length(4 * Math.ceil(recallPacketLength / 3))
    .regex(recallOpcodeInBase64, 'not a recall'),
});

const listen: z.ZodType<ListenRequest> = z.strictObject({ address: z.union([z.ipv4(), z.ipv6()]), port });

const body: z.ZodType<RequestBody> = z.discriminatedUnion('ask', [
  z.strictObject({ ask: z.literal('heartbeat.run'), heartbeat }),
  z.strictObject({ ask: z.literal('heartbeat.stop') }),
  z.strictObject({ ask: z.literal('openvpn.run'), openvpn }),
  z.strictObject({ ask: z.literal('openvpn.restart'), name: instanceName, hung: z.boolean() }),
  z.strictObject({ ask: z.literal('openvpn.stop'), name: instanceName }),
  z.strictObject({
    ask: z.literal('client-routes.apply'),
    routes: z.array(z.strictObject({ address: clientAddress, device: interfaceNameSchema })).max(20_000),
  }),
  z.strictObject({ ask: z.literal('firewall.apply'), firewall }),
  z.strictObject({ ask: z.literal('connections.run'), connections }),
  z.strictObject({ ask: z.literal('connections.follow'), serving: z.boolean() }),
  z.strictObject({ ask: z.literal('recall.send'), recall }),
  z.strictObject({ ask: z.literal('recall.tickle'), tickle: endpoint }),
  z.strictObject({ ask: z.literal('recall.nudge'), nudge: endpoint }),
  z.strictObject({ ask: z.literal('listen'), listen }),
  z.strictObject({ ask: z.literal('lan.probe'), probe: probeRequestSchema }),
  z.strictObject({ ask: z.literal('log.read'), lines: z.int().min(1).max(20_000) }),
]);

export const requestSchema: z.ZodType<Request> = z.strictObject({ id: z.int().min(0).optional(), body });

export const noticeSchema: z.ZodType<Notice> = z.strictObject({
  packets: z
    .array(
      z.strictObject({
        address: z.ipv4(),
        port,
        serverPort: port,
        length: z.int().min(0).max(65_535),
        opening: z.base64().max(2_048).optional(),
      }),
    )
    .max(1_024),
});

export const replySchema: z.ZodType<Reply> = z.strictObject({
  id: z.int(),
  error: z.string().optional(),
  probe: probeAnswerSchema.optional(),
  log: z.array(z.string()).optional(),
});
