import { z } from 'zod';
import { isSharedIpv6 } from '../core/net/shared-address.ts';
import { type PairProtocol, pairProtocols } from '../core/vrrp/pair-protocol.ts';
import { interfaceNameSchema } from './network.ts';

/** One of the two machines, as both of them know it. */
export type PairNode = {
  readonly nodeId: string;
  readonly name: string;
  readonly address: string;
  readonly interface: string;
  /** VRRP priority, 1-254: decides only between two nodes that claim at the same moment. */
  readonly priority: number;
  readonly ssh: {
    readonly port: number;
    /** The node's SSH host key, `ssh-ed25519 AAAA…`; pinned when the pair was made. */
    readonly hostKey: string;
  };
  /** Another way for advertisements, beside the LAN of the virtual address. */
  readonly second?: SecondPath;
};

export type SecondPath = { readonly interface: string; readonly address: string };

/** The setting `pair`: what both nodes must agree on. It travels with the journal. */
export type PairSettings = {
  readonly pairId: string;
  /** With its prefix length: `10.99.0.100/24`. */
  readonly virtualAddress: string;
  /** The shared IPv6 address beside it, with its prefix length: `2001:db8::100/64`. None when it is left out. */
  readonly address6?: string;
  readonly vhid: number;
  readonly advertisementIntervalMs: number;
  readonly leaseSeconds: number;
  readonly nodes: readonly [PairNode, PairNode];
  /** `vrrp3` when it is left out. */
  readonly protocol?: PairProtocol;
  /** The shared addresses have the hardware address of the virtual router; the card's own when it is left out. */
  readonly virtualMac?: boolean;
  /** How advertisements travel on the LAN; both ways when it is left out. */
  readonly paths?: { readonly multicast: boolean; readonly unicast: boolean };
  /** Whom to ask whether a node is cut off, as in `NodeConfig`; as each node's own file says when it is left out. */
  readonly gateway?: string;
  /** The node with the higher priority takes the role back so many seconds after it is ready; never when it is left out. */
  readonly preemptDelaySeconds?: number;
  /** A node whose copy may lack changes does not take over by itself; it does when this is left out. */
  readonly takeover?: 'in-sync';
  /** The id of the heartbeat key in force; the keys themselves never travel with the data. */
  readonly heartbeatKey?: number;
};

/** The name under which the store keeps them. */
export const pairSettingName = 'pair';

export const secondPathSchema: z.ZodType<SecondPath> = z.strictObject({
  interface: interfaceNameSchema,
  address: z.ipv4(),
});

const pairNodeSchema: z.ZodType<PairNode> = z.strictObject({
  nodeId: z.uuid(),
  name: z.string().min(1).max(63),
  address: z.ipv4(),
  interface: interfaceNameSchema,
  priority: z.int().min(1).max(254),
  ssh: z.strictObject({
    port: z.int().min(1).max(65_535),
    hostKey: z.string().regex(/^ssh-ed25519 [A-Za-z0-9+/=]+$/),
  }),
  second: secondPathSchema.exactOptional(),
});

export const sharedIpv6Schema: z.ZodType<string> = z
  .cidrv6()
  .refine(isSharedIpv6, 'must be an address that clients reach, such as 2001:db8::100/64: not link-local');

export const pairSettingsSchema: z.ZodType<PairSettings> = z.strictObject({
  pairId: z.uuid(),
  virtualAddress: z.cidrv4(),
  address6: sharedIpv6Schema.exactOptional(),
  vhid: z.int().min(1).max(255),
  advertisementIntervalMs: z.int().min(10).max(40_950).multipleOf(10),
  leaseSeconds: z.int().min(1).max(60),
  nodes: z.tuple([pairNodeSchema, pairNodeSchema]),
  protocol: z.enum(pairProtocols).exactOptional(),
  virtualMac: z.boolean().exactOptional(),
  paths: z.strictObject({ multicast: z.boolean(), unicast: z.boolean() }).exactOptional(),
  gateway: z.union([z.literal('auto'), z.literal('off'), z.ipv4()]).exactOptional(),
  preemptDelaySeconds: z.int().min(0).max(3_600).exactOptional(),
  takeover: z.literal('in-sync').exactOptional(),
  heartbeatKey: z.int().min(0).max(255).exactOptional(),
});

/** The two nodes from one node's point of view; undefined where this node is not one of them. */
export function viewOf(pair: PairSettings, nodeId: string): { own: PairNode; peer: PairNode } | undefined {
  const [first, second] = pair.nodes;
  if (first.nodeId === nodeId) return { own: first, peer: second };
  if (second.nodeId === nodeId) return { own: second, peer: first };
  return undefined;
}
