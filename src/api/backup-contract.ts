import { z } from 'zod';

/** What restoring did, or would do. */
export interface RestoreView {
  readonly kind: 'whole' | 'accounts';
  readonly createdAt: string;
  readonly node: string;
  readonly position: string;
  readonly done: boolean;
  /** Of a backup of the accounts. */
  readonly merged: {
    readonly usersAdded: number;
    readonly usersChanged: number;
    readonly certificatesAdded: number;
    readonly certificatesRevoked: number;
    readonly addressesInUse: number;
    readonly authorityTaken: boolean;
  } | null;
  /** Where the data that was there lies. */
  readonly kept: string | null;
  readonly sentence: string;
}
export const restoreSchema: z.ZodType<RestoreView> = z.object({
  kind: z.enum(['whole', 'accounts']),
  createdAt: z.string(),
  node: z.string(),
  position: z.string(),
  done: z.boolean(),
  merged: z
    .object({
      usersAdded: z.int(),
      usersChanged: z.int(),
      certificatesAdded: z.int(),
      certificatesRevoked: z.int(),
      addressesInUse: z.int(),
      authorityTaken: z.boolean(),
    })
    .nullable(),
  kept: z.string().nullable(),
  sentence: z.string(),
});
