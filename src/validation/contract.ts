import { z } from 'zod';

/** What one node is asked to look at, on the LAN and in itself. Both do it at the same time. */
export interface ProbeRequest {
  readonly interface: string;
  /** The node's own address there. */
  readonly address: string;
  readonly peerAddress: string;
  /** Without its prefix length; asked for, never taken. */
  readonly virtualAddress: string;
  /** The same of IPv6, where the nodes are to share one. */
  readonly address6?: string | undefined;
  /** Marks the packets of this one validation, hexadecimal. */
  readonly nonce: string;
  readonly seconds: number;
  readonly ports: readonly { readonly protocol: 'udp' | 'tcp'; readonly port: number }[];
  /** The node's end of another way for advertisements, and the other's address there. */
  readonly second?: ProbedWay | undefined;
}

interface ProbedWay {
  readonly interface: string;
  readonly address: string;
  readonly peerAddress: string;
}

/** What it saw. */
export interface ProbeAnswer {
  readonly product: string;
  readonly openvpn: string | null;
  /** Wall clock when it answered, milliseconds since 1970. */
  readonly clockMs: number;
  readonly freeBytes: number;
  /** How many more files the file system takes; null where it knows no such limit, or the node is of a version that does not say. */
  readonly freeFiles: number | null;
  /** Whether OpenVPN can wait at an address that the node does not have yet: the kernel can be told to let it. */
  readonly bindsAhead: boolean;
  /** Whether the kernel has OpenVPN's data channel. */
  readonly kernelChannel: boolean;
  readonly platform: string;
  readonly linkUp: boolean;
  /** The node's own addresses on the interface, with their prefix lengths. */
  readonly ownAddresses: readonly string[];
  /** Whether packets of the other node arrived, by either way. */
  readonly heard: { readonly multicast: boolean; readonly unicast: boolean };
  /** The same of the second way; `missing`: this node has no such interface and address. Null: there is to be none. */
  readonly second: 'heard' | 'silent' | 'missing' | null;
  /** Who said that the virtual address is its own. */
  readonly claims: readonly { readonly address: string; readonly mac: string }[];
  /** Whose advertisements pass by. */
  readonly advertisers: readonly {
    readonly protocol: string;
    readonly vhid: number;
    readonly source: string;
  }[];
  /** Those of the ports that another program has, as `udp 1194`. */
  readonly portsTaken: readonly string[];
}

const port = z.int().min(1).max(65_535);
const interfaceName = z.string().regex(/^[A-Za-z0-9_.:-]{1,15}$/);
export const probeRequestSchema: z.ZodType<ProbeRequest> = z.strictObject({
  interface: interfaceName,
  address: z.ipv4(),
  peerAddress: z.ipv4(),
  virtualAddress: z.ipv4(),
  address6: z.ipv6().optional(),
  nonce: z.string().regex(/^[0-9a-f]{32}$/),
  seconds: z.number().min(0.1).max(15),
  ports: z.array(z.strictObject({ protocol: z.enum(['udp', 'tcp']), port })).max(16),
  second: z.strictObject({ interface: interfaceName, address: z.ipv4(), peerAddress: z.ipv4() }).optional(),
});

export const probeAnswerSchema: z.ZodType<ProbeAnswer> = z.object({
  product: z.string(),
  openvpn: z.string().nullable(),
  clockMs: z.number(),
  freeBytes: z.number(),
  freeFiles: z.number().nullable().default(null),
  bindsAhead: z.boolean().default(true),
  kernelChannel: z.boolean().default(false),
  platform: z.string(),
  linkUp: z.boolean(),
  ownAddresses: z.array(z.string()),
  heard: z.object({ multicast: z.boolean(), unicast: z.boolean() }),
  second: z.enum(['heard', 'silent', 'missing']).nullable(),
  claims: z.array(z.object({ address: z.string(), mac: z.string() })),
  advertisers: z.array(z.object({ protocol: z.string(), vhid: z.int(), source: z.string() })),
  portsTaken: z.array(z.string()),
});
