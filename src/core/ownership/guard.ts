import { type IpAddress, sameAddress } from '../net/address.ts';
import { type NeighbourClaim, sameMac } from '../net/neighbour.ts';
import { milliseconds, seconds } from '../time/duration.ts';
import { after, between, type Instant, instant } from '../time/instant.ts';

/** After a claim the neighbours are told again so long after it; a switch or a neighbour may have missed the first. */
const REPEATS = [milliseconds(100), milliseconds(500), seconds(1), seconds(3)];
/** Then once in a while, for those who came later or forgot. */
const REFRESH = seconds(30);
/** How often it is asked whether somebody else answers for an address that is held here. */
const QUESTION = seconds(5);
/** An address that somebody else claims is defended at most so often (RFC 5227 §2.4 guards against storms alike). */
const DEFENCE = seconds(1);
const MOST_CONFLICTS = 16;

/** Somebody else says that one of our addresses is its own. */
export interface Conflict extends NeighbourClaim {
  readonly firstSeen: Instant;
  readonly lastSeen: Instant;
  readonly count: number;
}

/** Watches over the addresses while they are held. Nothing of it ever delays a claim (I5): it begins after it. */
export interface Guard {
  readonly held: readonly IpAddress[];
  readonly claimedAt: Instant;
  readonly repeats: number;
  readonly announceAt: Instant | undefined;
  readonly askAt: Instant | undefined;
  readonly defendedAt: Instant | undefined;
  /** Most recent first; also of earlier times, each with when it was seen. */
  readonly conflicts: readonly Conflict[];
}

export function createGuard(now: Instant): Guard {
  return {
    held: [],
    claimedAt: now,
    repeats: 0,
    announceAt: undefined,
    askAt: undefined,
    defendedAt: undefined,
    conflicts: [],
  };
}

/** The addresses were announced: for the first time, again, or after a conflict of the protocol. */
export function announced(guard: Guard, now: Instant, addresses: readonly IpAddress[]): Guard {
  const others = guard.held.filter((held) => !addresses.some((address) => sameAddress(held, address)));
  return {
    ...guard,
    held: [...others, ...addresses],
    claimedAt: now,
    repeats: 0,
    announceAt: after(now, REPEATS[0] ?? REFRESH),
    askAt: guard.askAt ?? after(now, milliseconds(50)),
  };
}

export function released(guard: Guard, addresses: readonly IpAddress[]): Guard {
  const held = guard.held.filter((one) => !addresses.some((address) => sameAddress(one, address)));
  return held.length > 0 ? { ...guard, held } : { ...guard, held, announceAt: undefined, askAt: undefined };
}

export interface Watch {
  readonly guard: Guard;
  readonly announce: readonly IpAddress[];
  readonly ask: readonly IpAddress[];
}

/** What is to be done at `now`, if anything. */
export function watch(guard: Guard, now: Instant): Watch {
  const announceNow = guard.announceAt !== undefined && now >= guard.announceAt;
  const askNow = guard.askAt !== undefined && now >= guard.askAt;
  const repeats = guard.repeats + (announceNow ? 1 : 0);
  const repeat = REPEATS[repeats];
  const next = repeat === undefined ? after(now, REFRESH) : after(guard.claimedAt, repeat);
  return {
    guard: {
      ...guard,
      repeats,
      announceAt: announceNow ? next : guard.announceAt,
      askAt: askNow ? after(now, QUESTION) : guard.askAt,
    },
    announce: announceNow ? guard.held : [],
    ask: askNow ? guard.held : [],
  };
}

export function guardDeadline(guard: Guard): Instant | undefined {
  const { announceAt, askAt } = guard;
  if (announceAt === undefined || askAt === undefined) return announceAt ?? askAt;
  return instant(Math.min(announceAt, askAt));
}

export interface Heard {
  readonly guard: Guard;
  /** Set when the claim is about an address that is held here, by somebody else. */
  readonly conflict: Conflict | undefined;
  /** Whether to announce the address again at once. */
  readonly defend: boolean;
}

/** A neighbour claimed an address; `ownMac` is ours. */
export function heardClaim(guard: Guard, now: Instant, claim: NeighbourClaim, ownMac: Uint8Array): Heard {
  const isHeld = guard.held.some((held) => sameAddress(held, claim.address));
  if (!isHeld || sameMac(claim.mac, ownMac)) return { guard, conflict: undefined, defend: false };
  const same = (one: Conflict): boolean =>
    sameAddress(one.address, claim.address) && sameMac(one.mac, claim.mac);
  const known = guard.conflicts.find(same);
  const conflict = {
    ...claim,
    firstSeen: known?.firstSeen ?? now,
    lastSeen: now,
    count: (known?.count ?? 0) + 1,
  };
  const conflicts = [conflict, ...guard.conflicts.filter((one) => !same(one))].slice(0, MOST_CONFLICTS);
  const defend = guard.defendedAt === undefined || between(guard.defendedAt, now) >= DEFENCE;
  return { guard: { ...guard, conflicts, defendedAt: defend ? now : guard.defendedAt }, conflict, defend };
}
