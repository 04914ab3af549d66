import { z } from 'zod';
import { type HeartbeatKeys, heartbeatKeysSchema } from '../settings/heartbeat-keys.ts';
import { type SecondPath, secondPathSchema, sharedIpv6Schema } from '../settings/pair.ts';

/** One node as it introduces itself to the other while the pair is made. */
export interface Introduction {
  readonly nodeId: string;
  readonly name: string;
  readonly address: string;
  readonly interface: string;
  readonly productVersion: string;
  /** Its SSH host key and its key for replication, `ssh-ed25519 AAAA…` each. */
  readonly hostKey: string;
  readonly replicationKey: string;
}

/** What the primary sends to the second node over SSH. */
export interface PairingRequest {
  readonly pairId: string;
  /** The primary's at this moment. */
  readonly epoch: number;
  readonly node: Introduction;
  /** The heartbeats of the two believe each other by it. */
  readonly heartbeatKeys: HeartbeatKeys;
  /** To be shared beside the IPv4 address. */
  readonly address6?: string | undefined;
  /** The second node's own end of another way for advertisements. */
  readonly second?: SecondPath | undefined;
}

/** What the second node answers. */
export interface PairingAnswer {
  readonly node: Introduction;
}

const ed25519 = z.string().regex(/^ssh-ed25519 [A-Za-z0-9+/]{40,200}={0,2}$/, 'not an ed25519 public key');

const introductionSchema: z.ZodType<Introduction> = z.strictObject({
  nodeId: z.uuid(),
  name: z.string().min(1).max(63),
  address: z.ipv4(),
  interface: z.string().min(1).max(15),
  productVersion: z.string().max(32),
  hostKey: ed25519,
  replicationKey: ed25519,
});

export const pairingRequestSchema: z.ZodType<PairingRequest> = z.strictObject({
  pairId: z.uuid(),
  epoch: z.int().nonnegative(),
  node: introductionSchema,
  heartbeatKeys: heartbeatKeysSchema,
  address6: sharedIpv6Schema.optional(),
  second: secondPathSchema.optional(),
});

export const pairingAnswerSchema: z.ZodType<PairingAnswer> = z.strictObject({ node: introductionSchema });
