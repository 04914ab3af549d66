import { z } from 'zod';
import { carpInterval } from '../../core/carp/timers.ts';
import { type TakeoverPolicy, takeoverPolicies } from '../../core/election/sync.ts';
import { isIpv6LinkLocal, isMulticast, parseAddress, sameAddress } from '../../core/net/address.ts';
import { parsePrefix } from '../../core/net/prefix.ts';
import { type Centiseconds, centiseconds } from '../../core/time/centiseconds.ts';
import { toSeconds } from '../../core/time/duration.ts';
import { smallestLease } from '../../core/vrrp/timers.ts';
import {
  type AuthenticationConfig,
  authentication,
  type CarpConfig,
  type Contradiction,
  carp,
  protocolContradictions,
} from './protocol.ts';

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
  /** They come and go with the virtual addresses and are not advertised, as keepalived's `virtual_ipaddress_excluded`. */
  readonly companionAddresses?: readonly string[] | undefined;
  readonly preempt: boolean;
  readonly preemptDelayMs: number;
  readonly startDelayMs: number;
  /** Of a node with a copy of data behind it: whether it takes over with one that may lack changes. */
  readonly takeover?: TakeoverPolicy | undefined;
  readonly leaseSeconds?: number | undefined;
  readonly checksum: 'rfc9568' | 'pseudo-header';
  /** The addresses get the MAC of the virtual router, on an interface of their own beside `interface`. */
  readonly virtualMac: boolean;
  readonly controlSocket?: string | undefined;
  /** Where it is kept that this node is in maintenance. */
  readonly stateFile?: string | undefined;
  /** How advertisements leave and arrive; multicast on `interface` when it is left out. */
  readonly paths?: readonly PathConfig[] | undefined;
  readonly track?:
    | { readonly interfaces?: readonly string[] | undefined; readonly gateway?: string | undefined }
    | undefined;
  readonly hooks?: HooksConfig | undefined;
  /** Signs VRRP advertisements. */
  readonly authentication?: AuthenticationConfig | undefined;
  /** In place of `priority` and `advertisementIntervalMs`, with protocol `carp`. */
  readonly carp?: CarpConfig | undefined;
}

type PathConfig =
  | { readonly multicast: true; readonly interface?: string | undefined }
  | { readonly unicast: string; readonly interface?: string | undefined };

/** Programs with their arguments, run after the fact. */
export interface HooksConfig {
  readonly active: readonly string[];
  readonly standby: readonly string[];
  readonly fault: readonly string[];
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
    }
  });

const address = z
  .string({ error: 'must be an IP address' })
  .refine((text) => parseAddress(text) !== undefined, 'must be an IP address');

const path = z.union(
  [
    z.strictObject({ multicast: z.literal(true), interface: interfaceName.optional() }),
    z.strictObject({ unicast: address, interface: interfaceName.optional() }),
  ],
  { error: 'must be {"multicast": true} or {"unicast": "ADDRESS"}, with or without an "interface"' },
);

const track = z.strictObject({
  interfaces: z.array(interfaceName, { error: 'must be a list of interfaces' }).max(16).optional(),
  gateway: address.optional(),
});

const hook = z
  .array(z.string({ error: 'must be a text' }).max(4096), {
    error: 'must be a list: an absolute path and its arguments',
  })
  .max(64)
  .refine(([program]) => program === undefined || program.startsWith('/'), 'must begin with an absolute path')
  .default([]);

const hooks = z.strictObject({ active: hook, standby: hook, fault: hook });

const shape = z.strictObject({
  interface: interfaceName,
  protocol: z.enum(['vrrp', 'vrrp2', 'carp'], { error: 'must be "vrrp", "vrrp2" or "carp"' }).default('vrrp'),
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
  companionAddresses: z
    .array(virtualAddress, { error: 'must be a list of addresses' })
    .max(64, 'must hold at most 64 addresses')
    .optional(),
  preempt: z.boolean({ error: 'must be true or false' }).default(false),
  preemptDelayMs: wholeNumber(0, LONGEST_DELAY_MS).default(0),
  startDelayMs: wholeNumber(0, LONGEST_DELAY_MS).default(0),
  takeover: z.enum(takeoverPolicies, { error: 'must be "always" or "in-sync"' }).optional(),
  leaseSeconds: wholeNumber(1, 3600).optional(),
  checksum: z
    .enum(['rfc9568', 'pseudo-header'], { error: 'must be "rfc9568" or "pseudo-header"' })
    .default('rfc9568'),
  stateFile: z
    .string({ error: 'must be a path' })
    .regex(/^\/.{1,4000}$/, 'must be an absolute path')
    .optional(),
  controlSocket: z
    .string({ error: 'must be a path' })
    .regex(/^\/.{1,106}$/, 'must be an absolute path of at most 107 characters')
    .optional(),
  paths: z
    .array(path, { error: 'must be a list of paths' })
    .min(1, 'must hold at least one path; leave it out for multicast')
    .max(8, 'must hold at most 8 paths')
    .optional(),
  authentication: authentication.optional(),
  carp: carp.optional(),
  virtualMac: z.boolean({ error: 'must be true or false' }).default(false),
  track: track.optional(),
  hooks: hooks.optional(),
});

/** What a configuration file may hold. Unknown fields and fields that would have no effect are refused. */
export const configSchema: z.ZodType<Config> = z
  .unknown()
  .superRefine((raw, context) => {
    for (const field of withoutEffect(raw)) {
      context.addIssue({
        code: 'custom',
        path: [field],
        message: 'has no effect with protocol "carp": see "carp"',
      });
    }
  })
  .pipe(
    shape.superRefine((config, context) => {
      for (const { field, message } of contradictions(config)) {
        context.addIssue({ code: 'custom', path: [...field], message });
      }
    }),
  );

/** Before the defaults are filled in. */
function withoutEffect(raw: unknown): readonly string[] {
  if (typeof raw !== 'object' || raw === null || !('protocol' in raw) || raw.protocol !== 'carp') return [];
  return ['priority', 'advertisementIntervalMs', 'pair'].filter((field) => field in raw);
}

export const fieldNames: readonly string[] = Object.keys(shape.shape);

/** The time between two advertisements of this node. */
export function intervalOf({ protocol, carp: parameters, advertisementIntervalMs }: Config): Centiseconds {
  if (protocol === 'carp' && parameters !== undefined) return carpInterval(parameters);
  return centiseconds(advertisementIntervalMs / 10);
}

/** What each field allows by itself, but not together with the others. */
function* contradictions(config: Config): Generator<Contradiction> {
  const least = toSeconds(smallestLease(intervalOf(config)));
  if (config.leaseSeconds !== undefined && config.leaseSeconds < least) {
    const message = `must be at least ${least}: it is renewed with an advertisement every ${intervalOf(config) * 10} ms`;
    yield { field: ['leaseSeconds'], message };
  }
  const [first, ...others] = config.virtualAddresses.map((text) => parsePrefix(text)?.address);
  if (first === undefined) return;
  if (others.some((other) => other?.family !== first.family)) {
    const message = 'must be of one family; those of the other belong into companionAddresses';
    yield { field: ['virtualAddresses'], message };
  }
  if (first.family === 6 && !isIpv6LinkLocal(first)) {
    // RFC 9568 §5.2.9; the proposal is the interface identifier of §7.3.
    const identifier = config.vhid.toString(16).padStart(2, '0');
    const message = `must begin with a link-local address of the virtual router, for example fe80::200:5eff:fe00:2${identifier}/64`;
    yield { field: ['virtualAddresses'], message };
  }
  const listed = config.virtualAddresses.map((text) => parsePrefix(text)?.address);
  for (const [index, text] of (config.companionAddresses ?? []).entries()) {
    const companion = parsePrefix(text)?.address;
    if (companion === undefined || !listed.some((one) => one !== undefined && sameAddress(one, companion)))
      continue;
    yield { field: ['companionAddresses', index], message: 'is one of virtualAddresses already' };
  }
  yield* foreignAddresses(config, first.family);
  yield* protocolContradictions(config);
}

function* foreignAddresses({ paths = [], track }: Config, family: 4 | 6): Generator<Contradiction> {
  for (const [index, path] of paths.entries()) {
    const peer = 'unicast' in path ? parseAddress(path.unicast) : undefined;
    if (peer === undefined || (peer.family === family && !isMulticast(peer))) continue;
    yield { field: ['paths', index], message: `must be the address of a node, in IPv${family}` };
  }
  const gateway = track?.gateway === undefined ? undefined : parseAddress(track.gateway);
  if (gateway === undefined || gateway.family === family) return;
  yield { field: ['track', 'gateway'], message: `must be an IPv${family} address like the virtual address` };
}
