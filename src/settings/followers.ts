import { z } from 'zod';
import { type ScopeName, scopeNames } from '../core/replication/scope.ts';

/** One server elsewhere that may receive what its scope lets out. */
export type Follower = {
  readonly id: string;
  readonly name: string;
  /** `ssh-ed25519 AAAA…`: with this key it may connect, and do nothing else. */
  readonly publicKey: string;
  readonly scope: ScopeName;
  /** ISO 8601. */
  readonly addedAt: string;
};

/** The setting `followers`; both nodes of a pair have it, followers do not. */
export type FollowerSettings = {
  /** What all of them belong to, whoever of the pair is active; made with the first one. */
  readonly groupId: string;
  readonly followers: readonly Follower[];
};

export const followerSettingName = 'followers';

export const followerNameSchema: z.ZodType<string> = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/, 'use lower-case letters, digits, dots and hyphens');
export const publicKeySchema: z.ZodType<string> = z
  .string()
  .regex(/^ssh-ed25519 [A-Za-z0-9+/]{40,200}={0,2}( \S+)?$/, 'not an ed25519 public key');

const followerSettingsSchema: z.ZodType<FollowerSettings> = z.strictObject({
  groupId: z.uuid(),
  followers: z.array(
    z.strictObject({
      id: z.uuid(),
      name: followerNameSchema,
      publicKey: publicKeySchema,
      scope: z.enum(scopeNames),
      addedAt: z.string(),
    }),
  ),
});

/** Undefined until the first follower was added. */
export function readFollowerSettings(source: {
  readonly settings: { get(name: string): unknown };
}): FollowerSettings | undefined {
  const value = source.settings.get(followerSettingName);
  return value === undefined ? undefined : followerSettingsSchema.parse(value);
}
