import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { TandemError } from '../core/errors.ts';

/** What is true of this machine alone. It never travels to the other node. */
export interface NodeConfig {
  /** Stable for the node's life; made once by `tandem init`. */
  readonly nodeId: string;
  readonly name: string;
  /** How the administrator chose this node to start; not its role, which the heartbeat decides. */
  readonly start: 'primary' | 'failover' | 'follower';
  readonly interface: string;
  readonly address: string;
  readonly prefixLength: number;
  /** Where the pages answer; without it on port 943 of the node's own address and of the virtual one. */
  readonly web?: WebPlace | undefined;
  /**
   * Whom to ask whether this node is cut off: `auto` (also when left out) is the gateway of the default route, when it is
   * on `interface`; `off` asks nobody.
   */
  readonly gateway?: string | undefined;
}

export interface WebPlace {
  /** `own`: the node's own address and the virtual one; `all`: every address of the machine. */
  readonly on: 'own' | 'all';
  readonly port: number;
}

export const defaultWebPlace: WebPlace = { on: 'own', port: 943 };

const nodeConfigSchema: z.ZodType<NodeConfig> = z.strictObject({
  nodeId: z.uuid(),
  name: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'use lower-case letters, digits and hyphens'),
  start: z.enum(['primary', 'failover', 'follower']),
  interface: z.string().regex(/^[A-Za-z0-9_.:-]{1,15}$/, 'not an interface name'),
  address: z.ipv4(),
  prefixLength: z.int().min(8).max(30),
  web: z.strictObject({ on: z.enum(['own', 'all']), port: z.int().min(1).max(65_535) }).optional(),
  gateway: z.union([z.literal('auto'), z.literal('off'), z.ipv4()]).optional(),
});

/**
 * Reads and checks `/etc/tandem/node.json`.
 * @throws TandemError `node.config.missing` or `node.config.invalid`, naming the file and the field.
 */
export function readNodeConfig(file: string): NodeConfig {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new TandemError({
      code: 'node.config.missing',
      culprit: 'operator',
      message: `This machine is not set up as a Tandem node: ${file} cannot be read.`,
      hint: 'Run: tandem init --help',
      cause,
    });
  }
  return parseNodeConfig(text, file);
}

function parseNodeConfig(text: string, file: string): NodeConfig {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalid(file, 'it is not JSON', cause);
  }
  return checkNodeConfig(value, file);
}

/** @throws TandemError `node.config.invalid` naming each wrong field. */
export function checkNodeConfig(value: unknown, source: string): NodeConfig {
  const parsed = nodeConfigSchema.safeParse(value);
  if (!parsed.success) throw invalid(source, z.prettifyError(parsed.error), parsed.error);
  return parsed.data;
}

function invalid(file: string, reason: string, cause: unknown): TandemError {
  return new TandemError({
    code: 'node.config.invalid',
    culprit: 'operator',
    message: `${file} is not a valid node configuration: ${reason}`,
    hint: `Correct ${file}, then run: systemctl restart tandem`,
    cause,
  });
}
