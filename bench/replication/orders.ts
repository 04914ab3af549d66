/** What the benchmark tells a node, as heartbeat and users would. */
export type Order =
  | { readonly do: 'become'; readonly role: 'active' | 'standby' }
  | { readonly do: 'claim' }
  | { readonly do: 'add users'; readonly from: number; readonly to: number; readonly eachInOneEntry: number }
  | { readonly do: 'link' }
  | { readonly do: 'unlink' }
  | { readonly do: 'reseed' }
  | { readonly do: 'load'; readonly writers: number; readonly forMs: number }
  | { readonly do: 'pace'; readonly perSecond: number }
  | { readonly do: 'state' };
export type Request = Order & { readonly id: number };
export type Answer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly failed: string }
  /** The name of a change, unasked. */
  | { readonly answered: string };

export interface Load {
  readonly perSecond: number;
  readonly latenciesMs: readonly number[];
  readonly writes: number;
  /** Answered with `protected: true`. */
  readonly onBoth: number;
}

export interface State {
  readonly sequence: number;
  readonly users: number;
  readonly protected: boolean;
  readonly state: string;
}
