import { z } from 'zod';
import { fromHex } from '../../core/bytes/hex.ts';
import { carpDownInterval, carpInterval } from '../../core/carp/timers.ts';
import { parsePrefix } from '../../core/net/prefix.ts';
import { toDuration } from '../../core/time/centiseconds.ts';
import { toSeconds } from '../../core/time/duration.ts';

/** keepalived's bounds, so that the same keys work on both sides. */
const SHORTEST_KEY = 32;
const LONGEST_KEY = 64;
/** UCARP's. */
const LONGEST_PASSWORD = 19;

function whole(lowest: number, highest: number): z.ZodNumber {
  const expected = `must be a whole number from ${lowest} to ${highest}`;
  return z.int({ error: expected }).min(lowest, expected).max(highest, expected);
}

const key = z
  .string({ error: 'must be "hex:" and digits, or a text' })
  .refine(
    (text) => isBetween(keyBytes(text)?.length, SHORTEST_KEY, LONGEST_KEY),
    `must be ${SHORTEST_KEY} to ${LONGEST_KEY} bytes, as "hex:" and digits or as a text`,
  );

export const authentication: z.ZodType<AuthenticationConfig> = z.strictObject({
  keys: z
    .array(z.strictObject({ id: whole(0, 255), key }), { error: 'must be a list of keys' })
    .min(1, 'must hold at least one key')
    .max(16, 'must hold at most 16 keys'),
  activeKey: whole(0, 255),
  mode: z
    .enum(['receive-only', 'permissive', 'enforce'], {
      error: 'must be "receive-only", "permissive" or "enforce"',
    })
    .default('enforce'),
  windowSeconds: whole(1, 300).optional(),
});

export const carp: z.ZodType<CarpConfig> = z.strictObject({
  password: z
    .string({ error: 'must be a text' })
    .refine(
      (text) => isBetween(Buffer.byteLength(text), 1, LONGEST_PASSWORD),
      `must be 1 to ${LONGEST_PASSWORD} bytes`,
    ),
  advbase: whole(0, 254).default(1),
  advskew: whole(0, 255).default(0),
  deadRatio: whole(1, 255).default(3),
  refuseReplays: z.boolean({ error: 'must be true or false' }).default(false),
});

export interface AuthenticationConfig {
  readonly keys: readonly { readonly id: number; readonly key: string }[];
  readonly activeKey: number;
  readonly mode: 'receive-only' | 'permissive' | 'enforce';
  readonly windowSeconds?: number | undefined;
}

export interface CarpConfig {
  readonly password: string;
  readonly advbase: number;
  readonly advskew: number;
  readonly deadRatio: number;
  readonly refuseReplays: boolean;
}

interface ProtocolFields {
  readonly protocol: 'vrrp' | 'vrrp2' | 'carp';
  readonly advertisementIntervalMs: number;
  readonly virtualAddresses: readonly string[];
  readonly checksum: 'rfc9568' | 'pseudo-header';
  readonly virtualMac: boolean;
  readonly authentication?: AuthenticationConfig | undefined;
  readonly carp?: CarpConfig | undefined;
}

export interface Contradiction {
  readonly field: readonly (string | number)[];
  readonly message: string;
}

/** The bytes of a key; undefined for `hex:` with something else behind it. */
export function keyBytes(text: string): Uint8Array | undefined {
  return text.startsWith('hex:') ? fromHex(text.slice(4)) : new TextEncoder().encode(text);
}

/** What the protocols do not allow together. */
export function* protocolContradictions(config: ProtocolFields): Generator<Contradiction> {
  const { protocol, advertisementIntervalMs, checksum } = config;
  const ipv6 = parsePrefix(config.virtualAddresses[0] ?? '')?.address.family === 6;
  if (protocol !== 'vrrp' && ipv6) {
    yield { field: ['virtualAddresses'], message: `must be IPv4: protocol "${protocol}" has nothing else` };
  }
  if (protocol !== 'vrrp' && checksum !== 'rfc9568') {
    yield { field: ['checksum'], message: `has no effect with protocol "${protocol}"; leave it out` };
  }
  if (protocol === 'vrrp2' && (advertisementIntervalMs % 1000 !== 0 || advertisementIntervalMs > 255_000)) {
    yield { field: ['advertisementIntervalMs'], message: 'must be whole seconds in VRRP version 2' };
  }
  yield* signing(config);
  yield* carping(config);
}

function* signing({ protocol, authentication: given }: ProtocolFields): Generator<Contradiction> {
  if (given === undefined) return;
  if (protocol === 'carp')
    yield { field: ['authentication'], message: 'belongs to VRRP; CARP has its password' };
  const ids = given.keys.map(({ id }) => id);
  if (new Set(ids).size < ids.length) {
    yield { field: ['authentication', 'keys'], message: 'must have an id of its own for each key' };
  }
  if (!ids.includes(given.activeKey)) {
    yield { field: ['authentication', 'activeKey'], message: 'must be the id of one of the keys' };
  }
}

function* carping({
  protocol,
  carp: given,
  virtualAddresses,
  virtualMac,
}: ProtocolFields): Generator<Contradiction> {
  if (protocol !== 'carp') {
    if (given !== undefined) yield { field: ['carp'], message: 'has an effect only with protocol "carp"' };
    return;
  }
  if (virtualMac) yield { field: ['virtualMac'], message: 'belongs to VRRP: UCARP uses the real one' };
  if (given === undefined) {
    yield { field: ['carp'], message: 'is missing: protocol "carp" needs at least its password' };
    return;
  }
  if (virtualAddresses.length > 1) {
    yield { field: ['virtualAddresses'], message: 'must be one address: UCARP knows no more' };
  }
  const period = toSeconds(toDuration(carpInterval(given)));
  const dead = toSeconds(carpDownInterval(given));
  if (period === 0 || dead < 2 * period) {
    const message = `must leave room for a lost packet: one is sent every ${period} s, and after ${dead} s of silence the node is given up; raise deadRatio`;
    yield { field: ['carp'], message };
  }
}

function isBetween(value: number | undefined, lowest: number, highest: number): boolean {
  return value !== undefined && value >= lowest && value <= highest;
}
