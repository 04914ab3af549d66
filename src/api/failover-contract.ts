import { z } from 'zod';

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
}
const nodeSchema = z.object({
  name: z.string(),
  address: z.string(),
  interface: z.string(),
  sshPort: z.int(),
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
  readonly vhid: number | null;
  readonly timing: TimingView | null;
  readonly nodes: readonly FailoverNodeView[];
  readonly presets: readonly (TimingView & { readonly name: string; readonly words: string })[];
}
export const failoverViewSchema: z.ZodType<FailoverView> = z.object({
  model: z.enum(['none', 'lan']),
  own: z.object({ name: z.string(), address: z.string(), prefixLength: z.int(), interface: z.string() }),
  virtualAddress: z.string().nullable(),
  vhid: z.int().nullable(),
  timing: z.object(timingFields).nullable(),
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
