import type { Keepalive } from './settings.ts';

export interface KeepalivePreset extends Keepalive {
  readonly name: 'fast' | 'balanced' | 'quiet';
  readonly suits: string;
}

/** From the shortest outage to the least traffic. */
export const keepalivePresets: readonly KeepalivePreset[] = [
  { name: 'fast', ping: 1, restart: 4, suits: 'office networks and fixed lines' },
  { name: 'balanced', ping: 5, restart: 20, suits: 'mixed clients, some on mobile networks' },
  { name: 'quiet', ping: 10, restart: 60, suits: 'phones that should sleep; what OpenVPN examples use' },
];

/** A client that starts over waits a second (`connect-retry 1`) and then needs about another for its handshake. */
const comeBackSeconds = 2;

/**
 * Seconds that the tunnel of a client is away at a takeover, at the longest, when the client cannot be called back (TCP and
 * other programs than OpenVPN 2.6): until it has heard nothing for `restart`, and its way back. Clients that are called
 * back do not wait for it.
 */
export function longestOutageSeconds(keepalive: Keepalive): number {
  return keepalive.restart + comeBackSeconds;
}

/** Packets an hour in each direction that a client sends and gets though nothing else is to be sent. */
export function pingsPerHour(keepalive: Keepalive): number {
  return Math.ceil(3_600 / keepalive.ping);
}
