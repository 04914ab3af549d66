import type { CarpParameters } from '../carp/timers.ts';

/** What is spoken on the wire; each has a codec and timers of its own, the states are the same. */
export type Dialect =
  | { readonly name: 'vrrp3' }
  | { readonly name: 'vrrp2' }
  | { readonly name: 'carp'; readonly parameters: CarpParameters };

export const VRRP3: Dialect = { name: 'vrrp3' };
export const VRRP2: Dialect = { name: 'vrrp2' };
