import { type Duration, milliseconds } from '../time/duration.ts';
import { after, type Instant } from '../time/instant.ts';
import { comesBackWhenRecalled, isOneHost } from './policy.ts';
import { endpointName, type SessionFact } from './session-fact.ts';

/** Between two recalls: never more at once than OpenVPN's buffer takes. */
const pace: Duration = milliseconds(1);
/**
 * So many clients of one process are in their handshake at a time, and whoever comes back makes room for the next. OpenVPN sends what completes
 * a handshake when no packet of a client waits, or at the client's next one: called all at once, the first would be back with the last. With four
 * it has always something to do while the others compute or their packets travel.
 */
const clientsPerProcess = 4;
/** Who takes longer holds nobody up any more: far away, or gone. */
const handshakeHolds: Duration = milliseconds(50);
/** How old OpenVPN's answer about who is there may be when a recall leaves. */
const longestLookAge: Duration = milliseconds(250);
/** When a client that has still no instance is recalled again, each counted from the recall before. */
const repeatAfter: readonly [Duration, Duration] = [milliseconds(1500), milliseconds(2000)];
/** How long an answer of OpenVPN is waited for, and the pause before it is asked again. */
const lookRetry: Duration = milliseconds(100);
/** A server that does not answer for so long serves nobody: there is nothing to call clients back to. */
export const longestSilence: Duration = milliseconds(30_000);

/** A client still to be brought back. */
interface Pending {
  readonly client: SessionFact;
  /** How often it was recalled, and when the last time. */
  readonly recalls: number;
  readonly recalledAt: Instant | undefined;
  /** The next recall is due, or after the last one: it is given up. */
  readonly dueAt: Instant;
}

/** One takeover's work: every client at most once, repeated only while the server has no instance for it. */
export interface Campaign {
  /** In the order in which they are recalled. */
  readonly pending: readonly Pending[];
  /** When OpenVPN was last asked, and whether the answer is still awaited. */
  readonly look:
    | { readonly state: 'never' }
    | { readonly state: 'asked'; readonly at: Instant }
    | { readonly state: 'answered'; readonly askedAt: Instant }
    | { readonly state: 'failed'; readonly at: Instant };
  /** No recall before this. */
  readonly nextAt: Instant;
  /** Who was recalled lately and is not back: when, by the name of the endpoint. */
  readonly window: ReadonlyMap<string, Instant>;
  /** How many of them at a time. */
  readonly windowSize: number;
  /** Without any answer of OpenVPN everything ends here. */
  readonly silentUntil: Instant;
  readonly outcome: Outcome;
}

/** What became of the clients. */
export interface Outcome {
  readonly recalled: number;
  /** Had an instance before it was their turn, or after their recall. */
  readonly present: number;
  /** Left to `ping-restart` because of their version or address. */
  readonly left: number;
  /** Never came, as far as this campaign saw. */
  readonly missing: number;
}

/** An instance of OpenVPN: a client that is in, or in its handshake (then without a name). */
export interface Presence {
  readonly address: string;
  readonly port: number;
  readonly commonName?: string | undefined;
}

export type CampaignInput =
  /** OpenVPN's answer to the last `look`: everyone it has an instance for. */
  | { readonly type: 'looked'; readonly instances: readonly Presence[] }
  | { readonly type: 'look-failed' }
  /** OpenVPN reported one client. */
  | { readonly type: 'present'; readonly instance: Presence }
  /** The deadline came. */
  | { readonly type: 'tick' };

export type CampaignEffect =
  /** Ask OpenVPN for whom it has instances. Answered by `looked` or `look-failed`. */
  | { readonly type: 'look' }
  | { readonly type: 'recall'; readonly client: SessionFact; readonly attempt: number }
  /** Nothing is left to do. */
  | { readonly type: 'over'; readonly outcome: Outcome };

export interface CampaignStep {
  readonly state: Campaign;
  readonly effects: readonly CampaignEffect[];
}

/**
 * The address is here and the path was announced: begin to bring these clients back. In ascending order of their old
 * peer ids, so that a server that numbers them anew comes as close to the old numbers as it can.
 */
export function beginCampaign(clients: Iterable<SessionFact>, now: Instant): CampaignStep {
  const all = [...clients];
  const worth = all.filter((one) => comesBackWhenRecalled(one.version) && isOneHost(one.address));
  const state: Campaign = {
    pending: worth.sort(inOrder).map((client) => ({ client, recalls: 0, recalledAt: undefined, dueAt: now })),
    look: { state: 'never' },
    nextAt: now,
    window: new Map(),
    windowSize: clientsPerProcess * new Set(worth.map((one) => one.process)).size,
    silentUntil: after(now, longestSilence),
    outcome: { recalled: 0, present: 0, left: all.length - worth.length, missing: 0 },
  };
  return proceed(state, now);
}

/** What to do next, given what happened. A campaign that is over stays over. */
export function step(state: Campaign, now: Instant, input: CampaignInput): CampaignStep {
  if (isOver(state)) return { state, effects: [] };
  switch (input.type) {
    case 'looked': {
      if (state.look.state !== 'asked') return { state, effects: [] };
      const look = { state: 'answered', askedAt: state.look.at } as const;
      const silentUntil = after(now, longestSilence);
      return proceed({ ...without(state, input.instances), look, silentUntil }, now);
    }
    case 'look-failed':
      return state.look.state === 'asked'
        ? proceed({ ...state, look: { state: 'failed', at: now } }, now)
        : { state, effects: [] };
    case 'present':
      return proceed(roomFor(without(state, [input.instance]), input.instance), now);
    case 'tick':
      return proceed(state, now);
  }
}

/** When `tick` is due; undefined when the campaign waits for an answer or is over. */
export function deadline(state: Campaign): Instant | undefined {
  const first = earliest(state);
  if (first === undefined) return undefined;
  switch (state.look.state) {
    case 'failed':
      return after(state.look.at, lookRetry);
    case 'asked':
      return state.silentUntil;
    default:
      return later(first.dueAt, mayRecallAt(state));
  }
}

export function isOver(state: Campaign): boolean {
  return state.pending.length === 0;
}

function proceed(given: Campaign, now: Instant): CampaignStep {
  const state = now >= given.silentUntil ? withoutHope(given) : withoutMissing(given, now);
  if (isOver(state)) return { state, effects: [{ type: 'over', outcome: state.outcome }] };
  const due = earliest(state);
  const asking = state.look.state === 'asked';
  if (due === undefined || asking || due.dueAt > now || mayRecallAt(state) > now)
    return { state, effects: [] };
  if (state.look.state === 'failed' && after(state.look.at, lookRetry) > now) return { state, effects: [] };
  // Never recall a client for which this server has an instance: it would be silent for half a minute.
  if (!isFresh(state, due, now)) {
    return { state: { ...state, look: { state: 'asked', at: now } }, effects: [{ type: 'look' }] };
  }
  const recalls = due.recalls + 1;
  const dueAt = after(now, repeatAfter[due.recalls] ?? repeatAfter[1]);
  return {
    state: {
      ...state,
      pending: state.pending.map((one) =>
        one === due ? { client: one.client, recalls, recalledAt: now, dueAt } : one,
      ),
      nextAt: after(now, pace),
      window: new Map([...inWindow(state, now), [endpointName(due.client), now]]),
      outcome: { ...state.outcome, recalled: state.outcome.recalled + (recalls === 1 ? 1 : 0) },
    },
    effects: [{ type: 'recall', client: due.client, attempt: recalls }],
  };
}

/** The answer is young enough, and for a repetition it was asked for after the repetition was due. */
function isFresh(state: Campaign, due: Pending, now: Instant): boolean {
  if (state.look.state !== 'answered') return false;
  const { askedAt } = state.look;
  return after(askedAt, longestLookAge) >= now && (due.recalls === 0 || askedAt >= due.dueAt);
}

/** When the pace and the window allow the next recall. */
function mayRecallAt(state: Campaign): Instant {
  const calledAt = [...state.window.values()].toSorted((a, b) => a - b);
  const holding = calledAt[calledAt.length - state.windowSize];
  return holding === undefined ? state.nextAt : later(state.nextAt, after(holding, handshakeHolds));
}

/** Those who still hold others up. */
function inWindow(state: Campaign, now: Instant): (readonly [string, Instant])[] {
  return [...state.window].filter(([, calledAt]) => after(calledAt, handshakeHolds) > now);
}

/** An instance alone is a handshake that goes on: only who is in makes room. */
function roomFor(state: Campaign, arrived: Presence): Campaign {
  const window = new Map(state.window);
  window.delete(endpointName(arrived));
  return { ...state, window };
}

function earliest(state: Campaign): Pending | undefined {
  return state.pending.reduce<Pending | undefined>(
    (first, one) => (first === undefined || one.dueAt < first.dueAt ? one : first),
    undefined,
  );
}

function without(state: Campaign, instances: readonly Presence[]): Campaign {
  if (instances.length === 0) return state;
  const names = new Set(instances.map(endpointName));
  // A client that came by itself has another port: its certificate tells who it is.
  const commonNames = new Set(instances.map((one) => one.commonName).filter((name) => name !== undefined));
  const pending = state.pending.filter(
    ({ client }) => !names.has(endpointName(client)) && !commonNames.has(client.commonName),
  );
  const present = state.outcome.present + state.pending.length - pending.length;
  return { ...state, pending, outcome: { ...state.outcome, present } };
}

/** Gives up whoever did not come after the last recall. */
function withoutMissing(state: Campaign, now: Instant): Campaign {
  const pending = state.pending.filter((one) => one.recalls <= repeatAfter.length || one.dueAt > now);
  if (pending.length === state.pending.length) return state;
  const missing = state.outcome.missing + state.pending.length - pending.length;
  return { ...state, pending, outcome: { ...state.outcome, missing } };
}

function withoutHope(state: Campaign): Campaign {
  const missing = state.outcome.missing + state.pending.length;
  return { ...state, pending: [], outcome: { ...state.outcome, missing } };
}

function inOrder(a: SessionFact, b: SessionFact): number {
  const last = Number.POSITIVE_INFINITY;
  const byPeerId = (a.peerId ?? last) - (b.peerId ?? last);
  return Number.isNaN(byPeerId) || byPeerId === 0 ? a.sinceSeconds - b.sinceSeconds : byPeerId;
}

function later(a: Instant, b: Instant): Instant {
  return a > b ? a : b;
}
