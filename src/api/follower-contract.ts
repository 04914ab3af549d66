import { z } from 'zod';
import { type ScopeName, scopeNames } from '../core/replication/scope.ts';
import { followerNameSchema, publicKeySchema } from '../settings/followers.ts';

/** A server elsewhere, as the active node sees it. What is not known is null. Times are ISO 8601. */
export interface FollowerView {
  readonly name: string;
  readonly scope: ScopeName;
  /** Of its key, as ssh-keygen shows it. */
  readonly fingerprint: string;
  readonly addedAt: string;
  /** `elsewhere`: this node is not active and cannot know. `unseen`: not here since this node became active. */
  readonly state: 'elsewhere' | 'unseen' | 'away' | 'begins' | 'different' | 'follows';
  readonly connected: boolean;
  readonly position: { readonly epoch: number; readonly sequence: number } | null;
  readonly lagEntries: number | null;
  readonly lagMs: number | null;
  readonly unsentBytes: number | null;
  readonly version: string | null;
  readonly lastHeardAt: string | null;
  readonly verifiedAt: string | null;
  readonly sentence: string;
}
export const followerSchema: z.ZodType<FollowerView> = z.object({
  name: z.string(),
  scope: z.enum(scopeNames),
  fingerprint: z.string(),
  addedAt: z.string(),
  state: z.enum(['elsewhere', 'unseen', 'away', 'begins', 'different', 'follows']),
  connected: z.boolean(),
  position: z.object({ epoch: z.int(), sequence: z.int() }).nullable(),
  lagEntries: z.int().nullable(),
  lagMs: z.number().nullable(),
  unsentBytes: z.int().nullable(),
  version: z.string().nullable(),
  lastHeardAt: z.string().nullable(),
  verifiedAt: z.string().nullable(),
  sentence: z.string(),
});

/** On a follower: where its data comes from. */
export interface FollowingView {
  readonly host: string;
  readonly port: number;
  /** The node that answers, or answered last. */
  readonly source: string | null;
  readonly connected: boolean;
  readonly lastAppliedAt: string | null;
  readonly sentence: string;
}
export const followingSchema: z.ZodType<FollowingView> = z.object({
  host: z.string(),
  port: z.int(),
  source: z.string().nullable(),
  connected: z.boolean(),
  lastAppliedAt: z.string().nullable(),
  sentence: z.string(),
});

export interface FollowerListView {
  readonly followers: readonly FollowerView[];
}
export const followerListSchema: z.ZodType<FollowerListView> = z.object({
  followers: z.array(followerSchema),
});

export interface FollowerRequest {
  readonly name: string;
  readonly publicKey: string;
  readonly scope: ScopeName;
  /** Where followers reach the pair; not given: its virtual address. */
  readonly host?: string | undefined;
  readonly port: number;
}
export const followerRequestSchema: z.ZodType<FollowerRequest> = z.strictObject({
  name: followerNameSchema,
  publicKey: publicKeySchema,
  scope: z.enum(scopeNames),
  host: z.union([z.ipv4(), z.hostname()]).optional(),
  port: z.int().min(1).max(65_535),
});

export interface FollowerAnswer {
  readonly protected: boolean;
  readonly name: string;
  /** For `tandem follower join` there. */
  readonly join: string;
}
export const followerAnswerSchema: z.ZodType<FollowerAnswer> = z.object({
  protected: z.boolean(),
  name: z.string(),
  join: z.string(),
});

export interface FollowerKeyAnswer {
  readonly publicKey: string;
}
export const followerKeySchema: z.ZodType<FollowerKeyAnswer> = z.object({ publicKey: z.string() });

export interface JoinAnswer {
  readonly host: string;
  readonly sources: readonly string[];
}
export const joinAnswerSchema: z.ZodType<JoinAnswer> = z.object({
  host: z.string(),
  sources: z.array(z.string()),
});

export interface FollowerVerdict {
  readonly equal: boolean;
  readonly sentence: string;
}
export const followerVerdictSchema: z.ZodType<FollowerVerdict> = z.object({
  equal: z.boolean(),
  sentence: z.string(),
});
