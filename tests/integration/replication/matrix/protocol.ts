import type { Head } from '../../../../src/core/replication/position.ts';
import type { Armed } from './steps.ts';

/** What the matrix tells a node, as heartbeat and users would. */
export type Order =
  | { readonly do: 'arm'; readonly armed: Armed | undefined }
  | { readonly do: 'become'; readonly role: 'active' | 'standby' }
  | { readonly do: 'reseed' }
  | { readonly do: 'nudge' }
  | { readonly do: 'state'; readonly after: number }
  | { readonly do: 'protected' }
  | { readonly do: 'verify' }
  | { readonly do: 'write'; readonly name: string; readonly size: number };
export type Request = Order & { readonly id: number };

export type Answer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly failed: string };

export interface NodeState {
  readonly role: 'active' | 'standby';
  readonly protected: boolean;
  readonly trouble: string | undefined;
  readonly head: Head;
  /** Hashes after the sequence asked for. */
  readonly entries: readonly string[];
  readonly names: readonly string[];
  readonly digest: string;
}

export interface Verdict {
  readonly integrity: readonly string[];
  readonly broken: number;
  /** Every line of every generation in quarantine. */
  readonly quarantined: string;
}
