import { z } from 'zod';

/** What came of one user of many. */
export interface BulkAnswer {
  readonly results: readonly {
    readonly name: string;
    readonly done: boolean;
    /** In words, when it was not done. */
    readonly problem: string | null;
  }[];
  readonly protected: boolean;
}
export const bulkAnswerSchema: z.ZodType<BulkAnswer> = z.object({
  results: z.array(z.object({ name: z.string(), done: z.boolean(), problem: z.string().nullable() })),
  protected: z.boolean(),
});

/** Of a CSV file: nobody is added when one line is wrong, or when it is only tried. */
export interface UserImportAnswer {
  readonly rows: readonly { readonly line: number; readonly name: string; readonly problem: string | null }[];
  readonly added: number;
  readonly protected: boolean;
}
export const userImportAnswerSchema: z.ZodType<UserImportAnswer> = z.object({
  rows: z.array(z.object({ line: z.int(), name: z.string(), problem: z.string().nullable() })),
  added: z.int(),
  protected: z.boolean(),
});

/** A link that works once; `qr` is a picture of it (`data:image/svg+xml…`). */
export interface LinkAnswer {
  readonly url: string;
  readonly qr: string;
  readonly expiresAt: string;
  readonly protected: boolean;
}
export const linkAnswerSchema: z.ZodType<LinkAnswer> = z.object({
  url: z.string(),
  qr: z.string(),
  expiresAt: z.string(),
  protected: z.boolean(),
});
