/** What the soak tells a node, as heartbeat and users would. */
export type Order =
  | { readonly do: 'become'; readonly role: 'active' | 'standby' }
  | { readonly do: 'write'; readonly key: string; readonly value: number }
  | { readonly do: 'protected' }
  | { readonly do: 'state' };
export type Request = Order & { readonly id: number };
export type Answer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly failed: string };

export interface State {
  readonly values: Readonly<Record<string, number>>;
  readonly head: string;
  readonly residentBytes: number;
  readonly storeBytes: number;
  readonly journalEntries: number;
  readonly integrity: readonly string[];
  readonly brokenLink: number;
  /** Changes in quarantine. */
  readonly quarantined: number;
}
