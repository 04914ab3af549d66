import { z } from 'zod';

/** One change in words, as the audit log shows it. Times are ISO 8601. */
export interface EntryView {
  /** `epoch.sequence` */
  readonly position: string;
  readonly sequence: number;
  readonly at: string;
  /** `admin via cli` */
  readonly actor: string;
  readonly changes: readonly string[];
}
const entryFields = {
  position: z.string(),
  sequence: z.int(),
  at: z.string(),
  actor: z.string(),
  changes: z.array(z.string()),
};

export interface JournalView {
  readonly entries: readonly EntryView[];
  /** The oldest change that can still be read; null when there is none. */
  readonly begins: { readonly position: string; readonly at: string } | null;
  /** The first sequence that is held whole; of older ones only the words are left. */
  readonly wholeFrom: number;
}
export const journalSchema: z.ZodType<JournalView> = z.object({
  entries: z.array(z.object(entryFields)),
  begins: z.object({ position: z.string(), at: z.string() }).nullable(),
  wholeFrom: z.int(),
});

/** What an administrator decides about the copies. */
export interface ReplicationSettingsView {
  readonly protection: 'prefer' | 'require';
  readonly journalDays: number;
  readonly journalMegabytes: number;
  readonly auditDays: number;
  readonly auditEntries: number;
}
const replicationFields = {
  protection: z.enum(['prefer', 'require']),
  journalDays: z.int().min(1).max(3_650),
  journalMegabytes: z.int().min(1).max(4_096),
  auditDays: z.int().min(1).max(3_650),
  auditEntries: z.int().min(1_000).max(10_000_000),
};
export const replicationSettingsViewSchema: z.ZodType<ReplicationSettingsView> = z.object(replicationFields);

/** What is left out stays as it is. */
export type ReplicationSettingsChange = {
  readonly [Name in keyof ReplicationSettingsView]?: ReplicationSettingsView[Name];
};
export const replicationSettingsChangeSchema: z.ZodType<ReplicationSettingsChange> = z
  .strictObject(replicationFields)
  .partial() as z.ZodType<ReplicationSettingsChange>;

export interface ReplicationSettingsAnswer {
  readonly settings: ReplicationSettingsView;
  readonly protected: boolean;
}
export const replicationSettingsAnswerSchema: z.ZodType<ReplicationSettingsAnswer> = z.object({
  settings: z.object(replicationFields),
  protected: z.boolean(),
});

export interface DivergenceView {
  readonly id: string;
  readonly node: string;
  readonly at: string;
  /** Entries that changed data, and how many of them nobody has decided on yet. */
  readonly entries: number;
  readonly open: number;
}
const divergenceSchema: z.ZodType<DivergenceView> = z.object({
  id: z.string(),
  node: z.string(),
  at: z.string(),
  entries: z.int(),
  open: z.int(),
});

export interface DivergenceListView {
  readonly divergences: readonly DivergenceView[];
}
export const divergenceListSchema: z.ZodType<DivergenceListView> = z.object({
  divergences: z.array(divergenceSchema),
});

export interface DivergenceDetailView {
  readonly id: string;
  readonly entries: readonly (EntryView & {
    /** `open`, or what was decided, by whom and why. */
    readonly state: string;
  })[];
}
export const divergenceDetailSchema: z.ZodType<DivergenceDetailView> = z.object({
  id: z.string(),
  entries: z.array(z.object({ ...entryFields, state: z.string() })),
});

export interface ReapplyAnswer {
  readonly reapplied: number;
  readonly protected: boolean;
}
export const reapplyAnswerSchema: z.ZodType<ReapplyAnswer> = z.object({
  reapplied: z.int(),
  protected: z.boolean(),
});

export interface DiscardAnswer {
  readonly discarded: number;
}
export const discardAnswerSchema: z.ZodType<DiscardAnswer> = z.object({ discarded: z.int() });

export interface ImportAnswer {
  readonly id: string;
  readonly lost: number;
}
export const importAnswerSchema: z.ZodType<ImportAnswer> = z.object({ id: z.string(), lost: z.int() });

export interface ExportAnswer {
  readonly text: string;
}
export const exportAnswerSchema: z.ZodType<ExportAnswer> = z.object({ text: z.string() });

/** `begun`: the active node is connected and sends the copy now; otherwise as soon as it connects. */
export interface ReseedAnswer {
  readonly begun: boolean;
}
export const reseedAnswerSchema: z.ZodType<ReseedAnswer> = z.object({ begun: z.boolean() });

/** A good copy of earlier that this node set aside while it was standby; the file is a backup. */
interface GenerationView {
  readonly path: string;
  readonly at: string;
  /** `epoch.sequence` */
  readonly position: string;
  readonly bytes: number;
}
export interface GenerationListView {
  /** Newest first. */
  readonly generations: readonly GenerationView[];
}
export const generationListSchema: z.ZodType<GenerationListView> = z.object({
  generations: z.array(z.object({ path: z.string(), at: z.string(), position: z.string(), bytes: z.int() })),
});

/** Fingerprints (`SHA256:…`) of the keys with which each node signs in on the other one from now on. */
export interface RotateKeyAnswer {
  readonly peer: string;
  readonly fingerprints: { readonly own: string; readonly peer: string };
}
export const rotateKeyAnswerSchema: z.ZodType<RotateKeyAnswer> = z.object({
  peer: z.string(),
  fingerprints: z.object({ own: z.string(), peer: z.string() }),
});
