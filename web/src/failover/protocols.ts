import type { FailoverView } from './failover.ts';

export type Protocol = FailoverView['protocol'];

/** What heartbeats can speak, in words. */
export const protocols: Readonly<Record<Protocol, { readonly title: string; readonly about: string }>> = {
  vrrp3: {
    title: 'VRRP version 3',
    about: 'RFC 9568; heartbeats down to a hundred times a second',
  },
  vrrp2: { title: 'VRRP version 2', about: 'RFC 3768; whole seconds alone' },
  carp: {
    title: 'CARP',
    about: 'as UCARP speaks it; whole seconds alone, no virtual MAC, and the pair cannot be changed later',
  },
};
