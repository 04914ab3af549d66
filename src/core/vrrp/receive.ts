import { decodeCarp } from '../carp/codec.ts';
import { sameAddress } from '../net/address.ts';
import type { Datagram } from '../net/ipv4-packet.ts';
import { toDuration } from '../time/centiseconds.ts';
import type { Instant } from '../time/instant.ts';
import { type Advertisement, type Decoded, decode } from './codec.ts';
import { decodeV2 } from './codec-v2.ts';
import type { Effect, Report } from './effects.ts';
import type { Input } from './inputs.ts';
import { heard, heardAgain } from './peers.ts';
import { LEAVING_PRIORITY, OWNER_PRIORITY, type VirtualRouter } from './router.ts';
import type { State } from './state.ts';
import { count, countDropped, type DropReason } from './stats.ts';

export interface Received<S extends State> {
  /** The same state with counters and peers brought up to date. */
  readonly state: S;
  /** Undefined when the packet was dropped. */
  readonly advertisement: Advertisement | undefined;
  readonly effects: readonly Effect[];
}

/** The receive checks of RFC 9568 §7.1. A packet that fails one changes a counter and nothing else. */
export function receive<S extends State>(
  state: S,
  now: Instant,
  { datagram, forgery, copy = false }: Extract<Input, { type: 'datagram' }>,
): Received<S> {
  const { router } = state;
  const source = datagram.sender ?? datagram.source;
  if (datagram.path === null) return dropped(state, datagram, 'path');
  const decoded = read(router, datagram);
  if (!decoded.ok) return dropped(state, datagram, decoded.reason);
  const { advertisement } = decoded;
  if (advertisement.vrid !== router.vrid) return dropped(state, datagram, 'vrid'); // R6
  if (sameAddress(datagram.source, router.source)) return dropped(state, datagram, 'own-source'); // R13
  if (forgery !== undefined) return dropped(state, datagram, forgery);
  const path = datagram.path ?? 'multicast';
  // It says that its path works and nothing else: a timer that it restarted could be held up with recordings.
  if (copy) {
    const peers = heardAgain(state.peers, now, source, path);
    return {
      state: { ...state, peers, stats: count(state.stats, 'copies') },
      advertisement: undefined,
      effects: [],
    };
  }
  const reports = remarks(router, datagram, advertisement);
  const kinds = reports.map((report) => report.kind);
  const stats = count(
    state.stats,
    'received',
    ...(advertisement.priority === LEAVING_PRIORITY ? (['priorityZeroReceived'] as const) : []),
    ...(kinds.includes('interval-mismatch') ? (['intervalMismatches'] as const) : []),
    ...(kinds.includes('address-mismatch') ? (['addressMismatches'] as const) : []),
  );
  return {
    state: {
      ...state,
      stats,
      peers: heard(state.peers, now, source, advertisement, path),
    },
    advertisement,
    effects: reports.map((report) => ({ type: 'report', report })),
  };
}

function read(router: VirtualRouter, datagram: Datagram): Decoded {
  switch (router.dialect.name) {
    case 'vrrp3':
      return decode(datagram);
    case 'vrrp2':
      return decodeV2(datagram, router.interval);
    case 'carp':
      return decodeCarp(
        datagram,
        router.addresses.map(({ address }) => address),
      );
  }
}

function dropped<S extends State>(state: S, { source }: Datagram, reason: DropReason): Received<S> {
  const effect: Effect = { type: 'report', report: { kind: 'dropped', reason, source } };
  // Other virtual routers on the LAN are normal: counted, not worth a line.
  const effects = reason === 'vrid' ? [] : [effect];
  return { state: { ...state, stats: countDropped(state.stats, reason) }, advertisement: undefined, effects };
}

/** What an administrator should know about a packet that is accepted all the same. */
function remarks(router: VirtualRouter, { source }: Datagram, advertisement: Advertisement): Report[] {
  const reports: Report[] = [];
  // R10, erratum 8298: two owners are a misconfiguration, no reason to discard.
  if (router.priority === OWNER_PRIORITY && advertisement.priority === OWNER_PRIORITY) {
    reports.push({ kind: 'two-owners', source });
  } else if (router.priority === advertisement.priority) {
    reports.push({ kind: 'equal-priority', source });
  }
  // In CARP the interval is what orders the nodes, so that it differs is normal.
  const mayDiffer = router.dialect.name === 'carp' || router.changing === true;
  if (!mayDiffer && advertisement.interval !== router.interval) {
    reports.push({ kind: 'interval-mismatch', source, theirs: toDuration(advertisement.interval) }); // R11
  }
  if (router.changing !== true && !sameList(router, advertisement)) {
    reports.push({ kind: 'address-mismatch', source, theirs: advertisement.addresses }); // R12
  }
  return reports;
}

function sameList(router: VirtualRouter, { addresses }: Advertisement): boolean {
  if (addresses.length !== router.addresses.length) return false;
  return router.addresses.every((own) => addresses.some((theirs) => sameAddress(own.address, theirs)));
}
