import { z } from 'zod';
import { pairProtocols } from '../core/vrrp/pair-protocol.ts';
import { sharedIpv6Schema } from '../settings/pair.ts';

/** How fast a takeover is noticed with that interval, and how long a client that is called is away at the longest. */
export interface TimingView {
  readonly advertisementIntervalMs: number;
  readonly leaseSeconds: number;
  readonly detectionMs: number;
  readonly clientOutageMs: number;
}
const timingFields = {
  advertisementIntervalMs: z.int(),
  leaseSeconds: z.int(),
  detectionMs: z.int(),
  clientOutageMs: z.int(),
};

interface FailoverNodeView {
  readonly name: string;
  readonly address: string;
  readonly interface: string;
  readonly sshPort: number;
  readonly priority: number;
  /** Another way for advertisements; null: none. */
  readonly second: { readonly interface: string; readonly address: string } | null;
}
const nodeSchema = z.object({
  name: z.string(),
  address: z.string(),
  interface: z.string(),
  sshPort: z.int(),
  priority: z.int(),
  second: z.object({ interface: z.string(), address: z.string() }).nullable(),
});

/** The pair as it is set; `model` is `none` while the node is alone. */
export interface FailoverView {
  readonly model: 'none' | 'lan';
  readonly own: {
    readonly name: string;
    readonly address: string;
    readonly prefixLength: number;
    readonly interface: string;
  };
  readonly virtualAddress: string | null;
  /** The shared IPv6 address beside it; null: none. */
  readonly address6: string | null;
  readonly vhid: number | null;
  /** What the heartbeats speak, and whether the shared addresses have the virtual router's MAC; both stay as long as the pair does. */
  readonly protocol: 'vrrp3' | 'vrrp2' | 'carp';
  readonly virtualMac: boolean;
  readonly timing: TimingView | null;
  readonly multicast: boolean;
  readonly unicast: boolean;
  /** `auto`, `off` or an address; null: as each node's own file says. */
  readonly gateway: string | null;
  /** Null: a node never takes the role back by itself. */
  readonly preemptDelaySeconds: number | null;
  readonly nodes: readonly FailoverNodeView[];
  readonly presets: readonly (TimingView & { readonly name: string; readonly words: string })[];
}
export const failoverViewSchema: z.ZodType<FailoverView> = z.object({
  model: z.enum(['none', 'lan']),
  own: z.object({ name: z.string(), address: z.string(), prefixLength: z.int(), interface: z.string() }),
  virtualAddress: z.string().nullable(),
  address6: z.string().nullable(),
  vhid: z.int().nullable(),
  protocol: z.enum(pairProtocols),
  virtualMac: z.boolean(),
  timing: z.object(timingFields).nullable(),
  multicast: z.boolean(),
  unicast: z.boolean(),
  gateway: z.string().nullable(),
  preemptDelaySeconds: z.number().nullable(),
  nodes: z.array(nodeSchema),
  presets: z.array(z.object({ ...timingFields, name: z.string(), words: z.string() })),
});

/** The rows of a validation, in their order; they fill while it runs. */
export interface ValidationAnswer {
  readonly running: boolean;
  readonly rows: readonly {
    readonly id: string;
    readonly title: string;
    readonly state: 'pending' | 'good' | 'warning' | 'problem';
    readonly sentence: string;
    readonly remedy: string | null;
  }[];
}
export const validationAnswerSchema: z.ZodType<ValidationAnswer> = z.object({
  running: z.boolean(),
  rows: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      state: z.enum(['pending', 'good', 'warning', 'problem']),
      sentence: z.string(),
      remedy: z.string().nullable(),
    }),
  ),
});

export interface FreeVhidAnswer {
  readonly vhid: number;
  /** What was heard on the LAN. */
  readonly used: readonly number[];
}
export const freeVhidAnswerSchema: z.ZodType<FreeVhidAnswer> = z.object({
  vhid: z.int(),
  used: z.array(z.int()),
});

/** What a machine presents as its SSH host key, to be compared with `ssh-keygen -lf` there. */
export interface HostKeyAnswer {
  readonly fingerprint: string;
}
export const hostKeyAnswerSchema: z.ZodType<HostKeyAnswer> = z.object({ fingerprint: z.string() });

/** How far the making of a pair is that runs, or ran last; empty before the first. */
export interface MakingAnswer {
  readonly running: boolean;
  readonly steps: readonly {
    readonly id: string;
    readonly title: string;
    readonly state: 'pending' | 'running' | 'done' | 'failed';
  }[];
}
export const makingAnswerSchema: z.ZodType<MakingAnswer> = z.object({
  running: z.boolean(),
  steps: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      state: z.enum(['pending', 'running', 'done', 'failed']),
    }),
  ),
});

/** `peerTold`: the other node knows it too. */
export interface UnpairAnswer {
  readonly peer: string;
  readonly peerTold: boolean;
}
export const unpairAnswerSchema: z.ZodType<UnpairAnswer> = z.object({
  peer: z.string(),
  peerTold: z.boolean(),
});

/** What to change of an existing pair; what is left out stays as it is. `dryRun`: only say what would change and who notices. */
export interface FailoverChangeRequest {
  readonly virtualAddress?: string | undefined;
  /** Null: none. */
  readonly address6?: string | null | undefined;
  readonly vhid?: number | undefined;
  readonly preset?: 'fast' | 'standard' | 'tolerant' | undefined;
  readonly advertisementIntervalMs?: number | undefined;
  readonly leaseSeconds?: number | undefined;
  readonly multicast?: boolean | undefined;
  readonly unicast?: boolean | undefined;
  /** Interface and own address of both nodes, by name; null: none. */
  readonly secondPath?:
    | Readonly<Record<string, { readonly interface: string; readonly address: string }>>
    | null
    | undefined;
  /** Null: as each node's own file says. */
  readonly gateway?: string | null | undefined;
  /** Null: never. */
  readonly preemptDelaySeconds?: number | null | undefined;
  /** 1 to 254, by name of the node. */
  readonly priorities?: Readonly<Record<string, number>> | undefined;
  readonly dryRun?: boolean | undefined;
}
const secondPathSchema = z.strictObject({
  interface: z.string().regex(/^[A-Za-z0-9_.:-]{1,15}$/, 'not an interface name'),
  address: z.ipv4(),
});
export const failoverChangeRequestSchema: z.ZodType<FailoverChangeRequest> = z.strictObject({
  virtualAddress: z.cidrv4().optional(),
  address6: sharedIpv6Schema.nullish(),
  vhid: z.int().min(1).max(255).optional(),
  preset: z.enum(['fast', 'standard', 'tolerant']).optional(),
  advertisementIntervalMs: z.int().min(10).max(40_950).multipleOf(10).optional(),
  leaseSeconds: z.int().min(1).max(60).optional(),
  multicast: z.boolean().optional(),
  unicast: z.boolean().optional(),
  secondPath: z.record(z.string().max(63), secondPathSchema).nullish(),
  gateway: z.union([z.literal('auto'), z.literal('off'), z.ipv4()]).nullish(),
  preemptDelaySeconds: z.int().min(0).max(3_600).nullish(),
  priorities: z.record(z.string().max(63), z.int().min(1).max(254)).optional(),
  dryRun: z.boolean().optional(),
});

/**
 * A change of the pair: what `dryRun` found (`planned`), the one that runs, or the last one. `waiting`: it is made, and the other
 * node, which was lost in the middle, takes it when it is back. `failed`: nothing was changed on either node.
 */
export interface FailoverChangeView {
  readonly state: 'none' | 'planned' | 'running' | 'done' | 'waiting' | 'failed';
  readonly changes: readonly {
    readonly field: string;
    readonly label: string;
    readonly before: string;
    readonly after: string;
  }[];
  /** Who notices what, a sentence each. */
  readonly notices: readonly string[];
  /** So many clients reconnect. */
  readonly reconnecting: number;
  /** As it is after the change, with its prefix length. */
  readonly virtualAddress: string;
  readonly steps: readonly {
    readonly id: string;
    readonly title: string;
    readonly state: 'pending' | 'running' | 'done' | 'failed';
  }[];
  readonly sentence: string;
  readonly error: { readonly code: string; readonly message: string; readonly hint: string } | null;
}
export const failoverChangeViewSchema: z.ZodType<FailoverChangeView> = z.object({
  state: z.enum(['none', 'planned', 'running', 'done', 'waiting', 'failed']),
  changes: z.array(z.object({ field: z.string(), label: z.string(), before: z.string(), after: z.string() })),
  notices: z.array(z.string()),
  reconnecting: z.int(),
  virtualAddress: z.string(),
  steps: z.array(
    z.object({ id: z.string(), title: z.string(), state: z.enum(['pending', 'running', 'done', 'failed']) }),
  ),
  sentence: z.string(),
  error: z.object({ code: z.string(), message: z.string(), hint: z.string() }).nullable(),
});
