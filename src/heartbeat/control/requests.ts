import { z } from 'zod';

/** What may be asked on the control socket, one JSON object per line. */
const requestSchema: z.ZodType<ControlRequest> = z.discriminatedUnion('command', [
  z.strictObject({ command: z.literal('status') }),
  z.strictObject({ command: z.literal('subscribe') }),
  z.strictObject({ command: z.literal('resign'), timeoutMs: z.int().min(1).max(60_000).default(1000) }),
  z.strictObject({
    command: z.literal('report'),
    healthy: z.boolean(),
    reason: z.string().max(500).default(''),
    ttlMs: z.int().min(100).max(600_000).default(3000),
    successor: z.boolean().optional(),
  }),
  z.strictObject({ command: z.literal('maintenance'), on: z.boolean() }),
  z.strictObject({ command: z.literal('copy'), inSync: z.boolean() }),
  z.strictObject({ command: z.literal('claim') }),
  z.strictObject({
    command: z.literal('prepare'),
    change: z.record(z.string().max(64), z.unknown()),
    timeoutMs: z.int().min(100).max(86_400_000).default(30_000),
  }),
  z.strictObject({
    command: z.literal('commit'),
    keepOldMs: z.int().min(0).max(86_400_000).default(10_000),
  }),
  z.strictObject({ command: z.literal('rollback') }),
]);

export type ControlRequest =
  | { readonly command: 'status' }
  /** One status line at once, then a line per change of state. */
  | { readonly command: 'subscribe' }
  /** A planned leave, taken back when nobody claims within `timeoutMs`. */
  | { readonly command: 'resign'; readonly timeoutMs: number }
  /** What the service behind the address says about itself; when `ttlMs` passes without another, it is broken. */
  | {
      readonly command: 'report';
      readonly healthy: boolean;
      readonly reason: string;
      readonly ttlMs: number;
      /** Whether another node is ready to serve; left out, a broken node finds out by leaving for a moment. */
      readonly successor?: boolean | undefined;
    }
  /** While on, this node serves only if nobody else does. */
  | { readonly command: 'maintenance'; readonly on: boolean }
  /** Whether the copy that this node would serve with has every change, as far as its data service knows. */
  | { readonly command: 'copy'; readonly inSync: boolean }
  /** Take over when nobody serves, whatever the copy is. */
  | { readonly command: 'claim' }
  /** Fields of the configuration that both nodes change; undone when no commit comes within `timeoutMs`. */
  | {
      readonly command: 'prepare';
      readonly change: Readonly<Record<string, unknown>>;
      readonly timeoutMs: number;
    }
  /** What was prepared counts; what was before is still spoken and heard for `keepOldMs`. */
  | { readonly command: 'commit'; readonly keepOldMs: number }
  | { readonly command: 'rollback' };

export interface ControlError {
  readonly code: string;
  readonly message: string;
}

/** The request in a line, or what is wrong with it. */
export function parseRequest(line: string): ControlRequest | { readonly error: ControlError } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return {
      error: { code: 'heartbeat.control.not-json', message: 'a request is one JSON object on one line' },
    };
  }
  const result = requestSchema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.map((issue) => `${issue.path.join('.') || 'request'}: ${issue.message}`);
  return {
    error: {
      code: 'heartbeat.control.bad-request',
      message: `${issues.join('; ')} (commands: status, subscribe, resign, report, maintenance, copy, claim, prepare, commit, rollback)`,
    },
  };
}
