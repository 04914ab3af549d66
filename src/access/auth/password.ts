import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { TandemError } from '../../core/errors.ts';
import { type Argon2Cost, formatPhc, type PhcHash, parsePhc } from './phc.ts';

/** OWASP's password storage cheat sheet, second of its equal choices for argon2id: 19 MiB, two passes, one lane. */
export const DEFAULT_COST: Argon2Cost = { memoryKib: 19_456, passes: 2, lanes: 1 };

export const MAX_PASSWORD_LENGTH = 1024;

const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** Kinds are: lower case, upper case, digits, others. */
export interface PasswordRules {
  readonly minimumLength: number;
  readonly minimumKinds: number;
}

const defaultRules: PasswordRules = { minimumLength: 8, minimumKinds: 1 };
const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{Nd}/u, /[^\p{Ll}\p{Lu}\p{Nd}]/u];

/** @throws TandemError `access.auth.weak-password` unless the password keeps the rules */
export function checkPassword(password: string, rules: PasswordRules = defaultRules): void {
  const length = Array.from(password).length;
  const found = kinds.filter((kind) => kind.test(password)).length;
  const fits = length >= rules.minimumLength && length <= MAX_PASSWORD_LENGTH;
  if (fits && found >= rules.minimumKinds) return;
  throw new TandemError({
    code: 'access.auth.weak-password',
    culprit: 'caller',
    message: fits
      ? `A password needs ${rules.minimumKinds} of: lower case, upper case, digits, others; this one has ${found}`
      : `A password needs ${rules.minimumLength} to ${MAX_PASSWORD_LENGTH} characters, this one has ${length}`,
    hint: 'Choose another password',
  });
}

/** The password as a PHC string with a fresh salt. About 20 ms on another thread. */
export async function hashPassword(password: string, cost: Argon2Cost = DEFAULT_COST): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  return formatPhc({ cost, salt, hash: await derive(password, salt, cost, HASH_BYTES) });
}

/**
 * Whether the password belongs to the stored hash. Without a hash (an unknown user) it works as long and says no.
 * @throws TandemError `access.auth.unreadable-hash`
 */
export async function verifyPassword(password: string, stored: string | undefined): Promise<boolean> {
  const known = stored === undefined ? NOBODY : readable(stored);
  const hash = await derive(password, known.salt, known.cost, known.hash.length);
  return timingSafeEqual(hash, known.hash) && stored !== undefined;
}

/** True when the hash was made at another cost than the one wanted now; hash anew at the next good login. */
export function needsRehash(stored: string, cost: Argon2Cost = DEFAULT_COST): boolean {
  const known = readable(stored).cost;
  return known.memoryKib !== cost.memoryKib || known.passes !== cost.passes || known.lanes !== cost.lanes;
}

const NOBODY: PhcHash = {
  cost: DEFAULT_COST,
  salt: Buffer.alloc(SALT_BYTES),
  hash: Buffer.alloc(HASH_BYTES),
};

function readable(stored: string): PhcHash {
  const parsed = parsePhc(stored);
  if (parsed !== undefined) return parsed;
  throw new TandemError({
    code: 'access.auth.unreadable-hash',
    culprit: 'us',
    message: 'Cannot read the stored hash of a password',
    hint: 'Set the password of this user again',
  });
}

// The same letters can be typed as different code points: Unicode's composed form makes them one.
function derive(password: string, salt: Buffer, cost: Argon2Cost, length: number): Promise<Buffer> {
  const parameters: Argon2Parameters = {
    message: password.normalize('NFC'),
    nonce: salt,
    memory: cost.memoryKib,
    passes: cost.passes,
    parallelism: cost.lanes,
    tagLength: length,
  };
  return new Promise((resolve, reject) => {
    argon2('argon2id', parameters, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}
