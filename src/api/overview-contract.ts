import { z } from 'zod';
import { type LogLine, logLevels, logProcesses } from '../pair/log/log-line.ts';
import { type StatusView, statusSchema } from './contract.ts';

/** All that the first page shows. Times are ISO 8601. */
export interface OverviewView {
  readonly status: StatusView;
  readonly users: { readonly total: number; readonly blocked: number };
  /** Connected now; over the last day once a minute in `curve`, oldest first. */
  readonly clients: {
    readonly now: number;
    readonly curve: readonly { readonly at: string; readonly clients: number }[];
  };
  /** Profiles whose certificate ends within thirty days. */
  readonly certificatesEndingSoon: number;
}
export const overviewSchema: z.ZodType<OverviewView> = z.object({
  status: statusSchema,
  users: z.object({ total: z.int(), blocked: z.int() }),
  clients: z.object({
    now: z.int(),
    curve: z.array(z.object({ at: z.string(), clients: z.int() })),
  }),
  certificatesEndingSoon: z.int(),
});

/** One change of state of this node's heartbeat; durations in milliseconds. */
export interface TransitionView {
  readonly from: string;
  readonly to: string;
  readonly cause: string;
  readonly sentence: string;
  readonly at: string;
  /** Until the address was on the interface, and until all was done; null where not measured. */
  readonly addressMs: number | null;
  readonly totalMs: number | null;
}

/** Who served when: each epoch is a time in which one node took changes. */
interface EpochView {
  readonly epoch: number;
  readonly node: string;
  readonly since: string;
  readonly position: string;
}

export interface HistoryView {
  /** Of this node, since its heartbeat started; newest first. */
  readonly transitions: readonly TransitionView[];
  readonly epochs: readonly EpochView[];
}
export const historySchema: z.ZodType<HistoryView> = z.object({
  transitions: z.array(
    z.object({
      from: z.string(),
      to: z.string(),
      cause: z.string(),
      sentence: z.string(),
      at: z.string(),
      addressMs: z.number().nullable(),
      totalMs: z.number().nullable(),
    }),
  ),
  epochs: z.array(z.object({ epoch: z.int(), node: z.string(), since: z.string(), position: z.string() })),
});

interface CertificateView {
  readonly serial: string;
  readonly commonName: string;
  readonly user: string;
  readonly profile: string;
  readonly expiresAt: string;
  readonly revokedAt: string | null;
  readonly revocationReason: string | null;
}
export interface CertificateListView {
  readonly certificates: readonly CertificateView[];
  /** How many there are that fit, of which the answer holds a part. */
  readonly total: number;
}
export const certificateListSchema: z.ZodType<CertificateListView> = z.object({
  certificates: z.array(
    z.object({
      serial: z.string(),
      commonName: z.string(),
      user: z.string(),
      profile: z.string(),
      expiresAt: z.string(),
      revokedAt: z.string().nullable(),
      revocationReason: z.string().nullable(),
    }),
  ),
  total: z.int(),
});

export type { LogLine };
/** What the processes of a node logged last and fits the question; oldest first. */
export interface LogView {
  /** The node that answers. */
  readonly node: string;
  /** The other one of the pair; null where there is none. */
  readonly other: string | null;
  readonly lines: readonly LogLine[];
}
export const logSchema: z.ZodType<LogView> = z.object({
  node: z.string(),
  other: z.string().nullable(),
  lines: z.array(
    z.object({
      at: z.string(),
      process: z.enum(logProcesses),
      level: z.enum(logLevels),
      text: z.string(),
    }),
  ),
});

export interface AboutView {
  readonly node: string;
  readonly versions: {
    readonly tandem: string;
    readonly node: string;
    readonly sqlite: string;
    readonly openssl: string;
    readonly kernel: string;
    /** Null when it cannot be asked. */
    readonly openvpn: string | null;
  };
  readonly startedAt: string;
  readonly license: string;
}
export const aboutSchema: z.ZodType<AboutView> = z.object({
  node: z.string(),
  versions: z.object({
    tandem: z.string(),
    node: z.string(),
    sqlite: z.string(),
    openssl: z.string(),
    kernel: z.string(),
    openvpn: z.string().nullable(),
  }),
  startedAt: z.string(),
  license: z.string(),
});
