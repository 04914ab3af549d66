import { z } from 'zod';
import { parsePrefix } from '../../core/net/prefix.ts';
import { centiseconds } from '../../core/time/centiseconds.ts';
import { toSeconds } from '../../core/time/duration.ts';
import { smallestLease } from '../../core/vrrp/timers.ts';

/** RFC 9568 §5.2.7: 12 bits of centiseconds. */
const LONGEST_INTERVAL_MS = 40_950;
const LONGEST_DELAY_MS = 3_600_000;

function wholeNumber(lowest: number, highest: number): z.ZodNumber {
  const expected = `must be a whole number from ${lowest} to ${highest}`;
  return z.int({ error: expected }).min(lowest, expected).max(highest, expected);
}

/** A configuration file after its defaults. */
export interface Config {
  readonly interface: string;
  readonly protocol: 'vrrp' | 'vrrp2' | 'carp';
  readonly vhid: number;
  readonly priority: number;
  readonly advertisementIntervalMs: number;
  readonly pair: boolean;
  /** Address and network length, `10.99.0.100/24`. */
  readonly virtualAddresses: readonly string[];
  readonly preempt: boolean;
  readonly preemptDelayMs: number;
  readonly startDelayMs: number;
  readonly leaseSeconds?: number | undefined;
  readonly checksum: 'rfc9568' | 'pseudo-header';
  readonly controlSocket?: string | undefined;
}

const interfaceName = z
  .string({ error: 'must be the name of a network interface' })
  .regex(/^[^\s/:]{1,15}$/, 'must be the name of a network interface (1 to 15 characters)');

const virtualAddress = z
  .string({ error: 'must be an address with the length of its network, such as 10.99.0.100/24' })
  .superRefine((text, context) => {
    const prefix = parsePrefix(text);
    if (prefix === undefined) {
      context.addIssue('must be an address with the length of its network, such as 10.99.0.100/24');
    } else if (prefix.address.family === 6) {
      context.addIssue('IPv6 is not supported yet');
    }
  });

/** For fields that the format has but this version does not carry out: refused rather than ignored. */
function notYet(isHarmless: (value: unknown) => boolean): z.ZodOptional<z.ZodUnknown> {
  return z
    .unknown()
    .refine((value) => value === undefined || isHarmless(value), 'is not supported yet; leave it out')
    .optional();
}

function isMulticastOnly(value: unknown): boolean {
  return JSON.stringify(value) === '[{"multicast":true}]';
}

function hasNoHook(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((hook) => JSON.stringify(hook) === '[]')
  );
}

const shape = z.strictObject({
  interface: interfaceName,
  protocol: z
    .enum(['vrrp', 'vrrp2', 'carp'], { error: 'must be "vrrp"' })
    .refine((protocol) => protocol === 'vrrp', 'is not supported yet; only "vrrp" is')
    .default('vrrp'),
  vhid: wholeNumber(1, 255),
  priority: wholeNumber(1, 255).default(100),
  advertisementIntervalMs: wholeNumber(10, LONGEST_INTERVAL_MS)
    .multipleOf(10, 'must be a multiple of 10: VRRP counts hundredths of a second')
    .default(1000),
  pair: z.boolean({ error: 'must be true or false' }).default(false),
  virtualAddresses: z
    .array(virtualAddress, { error: 'must be a list of addresses' })
    .min(1, 'must hold at least one address')
    .max(64, 'must hold at most 64 addresses'),
  preempt: z.boolean({ error: 'must be true or false' }).default(false),
  preemptDelayMs: wholeNumber(0, LONGEST_DELAY_MS).default(0),
  startDelayMs: wholeNumber(0, LONGEST_DELAY_MS).default(0),
  leaseSeconds: wholeNumber(1, 3600).optional(),
  checksum: z
    .enum(['rfc9568', 'pseudo-header'], { error: 'must be "rfc9568" or "pseudo-header"' })
    .default('rfc9568'),
  controlSocket: z
    .string({ error: 'must be a path' })
    .regex(/^\/.{1,106}$/, 'must be an absolute path of at most 107 characters')
    .optional(),
  paths: notYet(isMulticastOnly),
  authentication: notYet(() => false),
  carp: notYet(() => false),
  virtualMac: notYet((value) => value === false),
  track: notYet(() => false),
  hooks: notYet(hasNoHook),
});

/** What a configuration file may hold. Unknown fields and fields that would have no effect are refused. */
export const configSchema: z.ZodType<Config> = shape.superRefine((config, context) => {
  if (config.leaseSeconds === undefined) return;
  const least = toSeconds(smallestLease(centiseconds(config.advertisementIntervalMs / 10)));
  if (config.leaseSeconds >= least) return;
  context.addIssue({
    code: 'custom',
    path: ['leaseSeconds'],
    message: `must be at least ${least}: it is renewed with an advertisement every ${config.advertisementIntervalMs} ms`,
  });
});

export const fieldNames: readonly string[] = Object.keys(shape.shape);
