import { parseAddress } from '../net/address.ts';
import { type Duration, milliseconds, seconds } from '../time/duration.ts';
import { after, type Instant } from '../time/instant.ts';
import { recallPacketLength } from './packet.ts';
import { comesBackWhenRecalled, isOneHost } from './policy.ts';
import { endpointName } from './session-fact.ts';

/** When OpenVPN is asked whom it hears, counted from a stranger's first packet. Whoever spoke since is not the stranger. */
const looksAfter: readonly Duration[] = [0, 20, 100, 300, 1_000, 2_500].map(milliseconds);
/** So few may be meant that each of them is called. */
const fewEnough = 4;
/** To a network that asked in vain lately only who is silent for longer than this is called. Above the pings of our presets. */
const surelySilent: Duration = milliseconds(2_000);
const fewEnoughWhenSure = 16;
/** How long a stranger has to come after a call, and how often it is called. */
const comesWithin: Duration = milliseconds(1_500);
const mostAttempts = 2;
/** A stranger that did not come, or for whom there is nobody to call, is not listened to for so long. */
const quietFor: Duration = seconds(30);
/** One that has come; it may move on and be back. */
const presentFor: Duration = seconds(3);
/** How long a call in vain makes us careful towards the network that asked for it, */
const carefulFor: Duration = seconds(60);
/** and towards everybody once it was so many networks: addresses can be forged. */
const vainNetworks = 4;
/** Bytes of an address that stand for whoever may have it at hand: a /24, a /48. */
const networkBytes = { 4: 3, 6: 6 } as const;
const mostStrangers = 256;
/** Between two questions to OpenVPN, whoever wants to know; more for each client, because the answer grows. */
const lookPace: Duration = milliseconds(20);
const lookPacePerClient: Duration = milliseconds(0.2);
/** Between two calls on the average, and how many may leave at once. */
const callPace: Duration = milliseconds(20);
const callsAtOnce = 20;

/** A client that may have moved: OpenVPN's instance for where it was, or somebody whose session this server does not have. */
export interface Candidate {
  readonly commonName: string;
  readonly version: string | undefined;
  readonly address: string;
  readonly port: number;
  /** By OpenVPN's count; constant for whom it does not have. */
  readonly bytesReceived: number;
}

/** Whom OpenVPN has an instance for, and who may be looking for us. */
interface Surroundings {
  readonly instances: readonly { readonly address: string; readonly port: number }[];
  readonly candidates: readonly Candidate[];
}

interface Stranger {
  readonly address: string;
  readonly port: number;
  readonly firstAt: Instant;
  /** Bytes it sent that were not answered yet: the answer never exceeds the question. */
  readonly credit: number;
  readonly looks: number;
  /** What OpenVPN had received of each candidate at the first look. */
  readonly before: ReadonlyMap<string, number> | undefined;
  /** Who was called for it in this attempt, and which attempt it is. */
  readonly tried: ReadonlySet<string>;
  readonly attempts: number;
  readonly calledAt: Instant | undefined;
  /** Not listened to until then. */
  readonly quietUntil: Instant | undefined;
}

/** Who sends data from where no client is known. */
export interface Strangers {
  readonly known: ReadonlyMap<string, Stranger>;
  readonly look: { readonly asked: boolean; readonly nextAt: Instant };
  /** Networks that asked in vain, and until when we are careful about it. */
  readonly vain: ReadonlyMap<string, Instant>;
  /** Calls that may leave at `callsAt`. */
  readonly calls: number;
  readonly callsAt: Instant;
}

export type StrangersInput =
  /** A data packet from an address for which OpenVPN did not lately send any; `bytes` of UDP payload. */
  | { readonly type: 'data'; readonly address: string; readonly port: number; readonly bytes: number }
  | { readonly type: 'looked'; readonly surroundings: Surroundings }
  /** OpenVPN reported a client there: it is none that asked in vain, even if it moves on at once. */
  | { readonly type: 'present'; readonly address: string; readonly port: number }
  | { readonly type: 'look-failed' }
  | { readonly type: 'tick' };

type StrangersEffect =
  | { readonly type: 'look' }
  /** Send the packet of that client to this address. */
  | {
      readonly type: 'recall';
      readonly commonName: string;
      readonly address: string;
      readonly port: number;
    };

export interface StrangersStep {
  readonly state: Strangers;
  readonly effects: readonly StrangersEffect[];
}

export function noStrangers(now: Instant): Strangers {
  return {
    known: new Map(),
    look: { asked: false, nextAt: now },
    vain: new Map(),
    calls: callsAtOnce,
    callsAt: now,
  };
}

export function stepStrangers(state: Strangers, now: Instant, input: StrangersInput): StrangersStep {
  switch (input.type) {
    case 'data':
      return proceed(heard(forgetting(state, now), now, input), now);
    case 'looked':
      return answered(
        { ...state, look: { asked: false, nextAt: nextLook(input.surroundings, now) } },
        now,
        input.surroundings,
      );
    case 'present':
      return { state: welcomed(state, now, endpointName(input)), effects: [] };
    case 'look-failed':
      return {
        state: { ...state, look: { asked: false, nextAt: after(now, milliseconds(200)) } },
        effects: [],
      };
    case 'tick':
      return proceed(forgetting(state, now), now);
  }
}

/** When `tick` is due; undefined while nobody is waited for. */
export function strangersDeadline(state: Strangers): Instant | undefined {
  if (state.look.asked) return undefined;
  let first: Instant | undefined;
  for (const one of state.known.values()) {
    const due = one.quietUntil ?? lookDue(one);
    if (first === undefined || due < first) first = due;
  }
  return first === undefined || first > state.look.nextAt ? first : state.look.nextAt;
}

function heard(
  state: Strangers,
  now: Instant,
  data: { readonly address: string; readonly port: number; readonly bytes: number },
): Strangers {
  const name = endpointName(data);
  const one = state.known.get(name);
  if (one?.quietUntil !== undefined) return state;
  if (one === undefined && (state.known.size >= mostStrangers || !isOneHost(data.address))) return state;
  const { address, port } = data;
  const stranger: Stranger =
    one === undefined
      ? {
          ...{ address, port, firstAt: now, credit: data.bytes, looks: 0, before: undefined },
          ...{ tried: new Set(), attempts: 0, calledAt: undefined, quietUntil: undefined },
        }
      : { ...one, credit: one.credit + data.bytes };
  return { ...state, known: new Map(state.known).set(name, stranger) };
}

/** Asks OpenVPN when somebody is due. */
function proceed(state: Strangers, now: Instant): StrangersStep {
  if (state.look.asked || now < state.look.nextAt) return { state, effects: [] };
  const due = [...state.known.values()].some((one) => one.quietUntil === undefined && lookDue(one) <= now);
  if (!due) return { state, effects: [] };
  return { state: { ...state, look: { ...state.look, asked: true } }, effects: [{ type: 'look' }] };
}

function answered(given: Strangers, now: Instant, around: Surroundings): StrangersStep {
  const present = new Set(around.instances.map(endpointName));
  const effects: StrangersEffect[] = [];
  const known = new Map(given.known);
  let { calls, callsAt } = refilled(given, now);
  const vain = new Map([...given.vain].filter(([, until]) => until > now));
  for (const [name, one] of given.known) {
    if (one.quietUntil !== undefined) continue;
    // It has an instance: another call would silence it for half a minute.
    if (present.has(name)) known.set(name, silenced(one, now, presentFor));
    else if (lookDue(one) <= now) {
      if (one.calledAt !== undefined) vain.set(networkOf(one.address), after(now, carefulFor));
      const careful = vain.size >= vainNetworks || vain.has(networkOf(one.address));
      const meant = whoIsMeant(one, around.candidates, careful ? surely(one, now) : fewEnough);
      const called = meant?.slice(0, Math.min(calls, Math.floor(one.credit / recallPacketLength))) ?? [];
      calls -= called.length;
      for (const { commonName } of called)
        effects.push({ type: 'recall', commonName, address: one.address, port: one.port });
      known.set(name, afterLook(one, now, around.candidates, { called, meant: meant?.length ?? 0 }));
    }
  }
  return { state: { ...given, known, calls, callsAt, vain }, effects };
}

/** Of whom nothing was heard since the stranger began to speak; undefined when these are too many, or it is too early. */
function whoIsMeant(
  one: Stranger,
  candidates: readonly Candidate[],
  most: number,
): readonly Candidate[] | undefined {
  const { before } = one;
  if (before === undefined) return undefined;
  const silent = candidates.filter(
    (candidate) =>
      before.get(candidate.commonName) === candidate.bytesReceived &&
      comesBackWhenRecalled(candidate.version),
  );
  if (silent.length > most) return undefined;
  // A new port of the same address is likelier than a new address.
  const near = (candidate: Candidate): number => (candidate.address === one.address ? 0 : 1);
  return silent
    .filter((candidate) => !one.tried.has(candidate.commonName))
    .toSorted((a, b) => near(a) - near(b));
}

function surely(one: Stranger, now: Instant): number {
  return now >= after(one.firstAt, surelySilent) ? fewEnoughWhenSure : -1;
}

function afterLook(
  one: Stranger,
  now: Instant,
  candidates: readonly Candidate[],
  { called, meant }: { readonly called: readonly Candidate[]; readonly meant: number },
): Stranger {
  const before =
    one.before ?? new Map(candidates.map(({ commonName, bytesReceived }) => [commonName, bytesReceived]));
  const looks = one.looks + 1;
  const credit = one.credit - called.length * recallPacketLength;
  const next = { ...one, before, looks, credit, calledAt: undefined };
  if (called.length > 0) {
    const tried = new Set([...one.tried, ...called.map(({ commonName }) => commonName)]);
    // For the others it did not send enough yet.
    return called.length < meant ? { ...next, tried } : { ...next, tried, calledAt: now };
  }
  const missed =
    one.calledAt === undefined ? next : { ...next, tried: new Set<string>(), attempts: one.attempts + 1 };
  const over = looks >= looksAfter.length || missed.attempts >= mostAttempts;
  return over ? silenced(missed, now, quietFor) : missed;
}

function welcomed(state: Strangers, now: Instant, name: string): Strangers {
  const one = state.known.get(name);
  if (one === undefined || one.quietUntil !== undefined) return state;
  return { ...state, known: new Map(state.known).set(name, silenced(one, now, presentFor)) };
}

function networkOf(address: string): string {
  const parsed = parseAddress(address);
  return parsed === undefined ? address : parsed.bytes.slice(0, networkBytes[parsed.family]).join('.');
}

function lookDue(one: Stranger): Instant {
  if (one.calledAt !== undefined) return after(one.calledAt, comesWithin);
  return after(one.firstAt, looksAfter[one.looks] ?? quietFor);
}

function silenced(one: Stranger, now: Instant, span: Duration): Stranger {
  return { ...one, before: undefined, tried: new Set(), quietUntil: after(now, span) };
}

function forgetting(state: Strangers, now: Instant): Strangers {
  const known = [...state.known].filter(([, one]) => one.quietUntil === undefined || one.quietUntil > now);
  return known.length === state.known.size ? state : { ...state, known: new Map(known) };
}

function nextLook({ candidates }: Surroundings, now: Instant): Instant {
  return after(after(now, lookPace), (lookPacePerClient * candidates.length) as Duration);
}

function refilled(state: Strangers, now: Instant): Pick<Strangers, 'calls' | 'callsAt'> {
  const more = Math.floor((now - state.callsAt) / callPace);
  const callsAt = more === 0 ? state.callsAt : after(state.callsAt, (more * callPace) as Duration);
  return { calls: Math.min(callsAtOnce, state.calls + more), callsAt };
}
