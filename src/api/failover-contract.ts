import { z } from 'zod';
import { takeoverPolicies } from '../core/election/sync.ts';
import { pairProtocols } from '../core/vrrp/pair-protocol.ts';
import { sharedIpv6Schema } from '../settings/pair.ts';
import type { WriteAnswer } from './contract.ts';

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
  /** Whether a standby takes over with a copy that may lack changes. */
  readonly takeover: 'always' | 'in-sync';
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
  takeover: z.enum(takeoverPolicies),
  nodes: z.array(nodeSchema),
  presets: z.array(z.object({ ...timingFields, name: z.string(), words: z.string() })),
});

/** The rows of a validation, in their order; they fill while it runs. */
export interface ValidationAnswer {
  readonly running: boolean;
  readonly rows: readonly {
    readonly id: string;
    readonly title: string;
    /** `skipped`: not looked at, for what it takes was not there. */
    readonly state: 'pending' | 'good' | 'warning' | 'problem' | 'skipped';
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
      state: z.enum(['pending', 'good', 'warning', 'problem', 'skipped']),
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
/** `peerGone`: on the failover node, when the primary will not come back. */
export const unpairQuerySchema: z.ZodType<{ readonly peerGone: boolean }> = z.strictObject({
  peerGone: z.stringbool().default(false),
});

export const unpairAnswerSchema: z.ZodType<UnpairAnswer> = z.object({
  peer: z.string(),
  peerTold: z.boolean(),
});

/** What a pair is made with, and what is changed of one; left out: as it is by default, or stays as it is. */
interface PairTuning {
  readonly preset?: 'fast' | 'standard' | 'tolerant' | undefined;
  readonly advertisementIntervalMs?: number | undefined;
  readonly leaseSeconds?: number | undefined;
  readonly multicast?: boolean | undefined;
  readonly unicast?: boolean | undefined;
  /** Null: as each node's own file says. */
  readonly gateway?: string | null | undefined;
  /** Null: never. */
  readonly preemptDelaySeconds?: number | null | undefined;
  /** Whether a standby takes over with a copy that may lack changes. */
  readonly takeover?: 'always' | 'in-sync' | undefined;
}
const tuningFields = {
  preset: z.enum(['fast', 'standard', 'tolerant']).optional(),
  advertisementIntervalMs: z.int().min(10).max(40_950).multipleOf(10).optional(),
  leaseSeconds: z.int().min(1).max(60).optional(),
  multicast: z.boolean().optional(),
  unicast: z.boolean().optional(),
  gateway: z.union([z.literal('auto'), z.literal('off'), z.ipv4()]).nullish(),
  preemptDelaySeconds: z.int().min(0).max(3_600).nullish(),
  takeover: z.enum(takeoverPolicies).optional(),
};

interface SecondPathView {
  readonly interface: string;
  readonly address: string;
}
const secondPathSchema = z.strictObject({
  interface: z.string().regex(/^[A-Za-z0-9_.:-]{1,15}$/, 'not an interface name'),
  address: z.ipv4(),
});

const pathsOfBothSchema = z.strictObject({ own: secondPathSchema, peer: secondPathSchema });

/** Makes the pair: `peer` is reached once by SSH with a password or key that is not kept. */
export interface FailoverRequest extends PairTuning {
  readonly virtualAddress: string;
  /** A shared IPv6 address beside the other one, with its prefix length. */
  readonly address6?: string | undefined;
  /** `vrrp3` when it is left out. It stays as long as the pair does, as the next one. */
  readonly protocol?: 'vrrp3' | 'vrrp2' | 'carp' | undefined;
  /** The shared addresses get the hardware address of the virtual router. */
  readonly virtualMac?: boolean | undefined;
  readonly vhid: number;
  readonly peer: PeerRequest;
  /** Another way for advertisements: interface and own address of this node and of the other. */
  readonly secondPath?: { readonly own: SecondPathView; readonly peer: SecondPathView } | undefined;
}
interface PeerRequest {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** One of the two. */
  readonly password?: string | undefined;
  readonly privateKey?: string | undefined;
  /** Of its SSH host key, as it was confirmed: another key gets no password. Without it the first one is taken. */
  readonly hostKeyFingerprint?: string | undefined;
}
const peerSchema: z.ZodType<PeerRequest> = z.strictObject({
  address: z.ipv4(),
  port: z.int().min(1).max(65_535).default(22),
  user: z.string().min(1).max(64).default('root'),
  password: z.string().min(1).max(4_096).optional(),
  privateKey: z.string().min(1).max(16_384).optional(),
  hostKeyFingerprint: z
    .string()
    .regex(/^SHA256:[A-Za-z0-9+/]{43}$/, 'not a fingerprint such as ssh-keygen -l shows')
    .optional(),
});
export const failoverRequestSchema: z.ZodType<FailoverRequest> = z.strictObject({
  ...tuningFields,
  virtualAddress: z.cidrv4(),
  address6: sharedIpv6Schema.optional(),
  protocol: z.enum(pairProtocols).optional(),
  virtualMac: z.boolean().optional(),
  vhid: z.int().min(1).max(255),
  peer: peerSchema,
  secondPath: pathsOfBothSchema.optional(),
});

/** Looks at what a pair like this would need; changes nothing. */
export type ValidationRequest = Pick<
  FailoverRequest,
  'virtualAddress' | 'address6' | 'virtualMac' | 'vhid' | 'peer' | 'multicast' | 'unicast' | 'secondPath'
>;
export const validationRequestSchema: z.ZodType<ValidationRequest> = z.strictObject({
  virtualAddress: z.cidrv4(),
  address6: sharedIpv6Schema.optional(),
  virtualMac: z.boolean().optional(),
  vhid: z.int().min(1).max(255),
  peer: peerSchema,
  multicast: z.boolean().optional(),
  unicast: z.boolean().optional(),
  secondPath: pathsOfBothSchema.optional(),
});

export interface FailoverAnswer extends WriteAnswer {
  readonly peer: string;
  readonly virtualAddress: string;
  readonly hostKeyFingerprint: string;
}
export const failoverAnswerSchema: z.ZodType<FailoverAnswer> = z.object({
  protected: z.boolean(),
  peer: z.string(),
  virtualAddress: z.string(),
  hostKeyFingerprint: z.string(),
});

/** What to change of an existing pair; what is left out stays as it is. `dryRun`: only say what would change and who notices. */
export interface FailoverChangeRequest extends PairTuning {
  readonly virtualAddress?: string | undefined;
  /** Null: none. */
  readonly address6?: string | null | undefined;
  readonly vhid?: number | undefined;
  /** Interface and own address of both nodes, by name; null: none. */
  readonly secondPath?: Readonly<Record<string, SecondPathView>> | null | undefined;
  /** 1 to 254, by name of the node. */
  readonly priorities?: Readonly<Record<string, number>> | undefined;
  readonly dryRun?: boolean | undefined;
}
export const failoverChangeRequestSchema: z.ZodType<FailoverChangeRequest> = z.strictObject({
  ...tuningFields,
  virtualAddress: z.cidrv4().optional(),
  address6: sharedIpv6Schema.nullish(),
  vhid: z.int().min(1).max(255).optional(),
  secondPath: z.record(z.string().max(63), secondPathSchema).nullish(),
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
