import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

/** On a follower: whom it follows, and where that answers. A fact of this machine, made by `tandem follower join`. */
export type Following = {
  readonly groupId: string;
  readonly followerId: string;
  /** What the source calls this follower. */
  readonly name: string;
  /** The virtual address, or what forwards to it. */
  readonly host: string;
  readonly port: number;
  /** The machines that may answer there. */
  readonly sources: readonly { readonly name: string; readonly hostKey: string }[];
};

const followingSchema: z.ZodType<Following> = z.object({
  groupId: z.uuid(),
  followerId: z.uuid(),
  name: z.string().min(1).max(63),
  host: z.string().min(1).max(253),
  port: z.int().min(1).max(65_535),
  sources: z
    .array(
      z.object({
        name: z.string().min(1).max(63),
        hostKey: z.string().regex(/^ssh-ed25519 [A-Za-z0-9+/=]+$/),
      }),
    )
    .min(1)
    .max(2),
});

/** One word to carry over by hand: nothing in it is secret, and only the machine that has the key can use it. */
export function joinWord(following: Following): string {
  return Buffer.from(JSON.stringify(following)).toString('base64url');
}

/** Undefined for anything that `joinWord` did not write. */
export function parseJoinWord(word: string): Following | undefined {
  try {
    return followingSchema.safeParse(JSON.parse(Buffer.from(word.trim(), 'base64url').toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

/** Undefined where there is no such file. */
export function readFollowing(path: string): Following | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  return followingSchema.parse(JSON.parse(text));
}

export function writeFollowing(path: string, following: Following): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(following, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
