import { type Duration, milliseconds, seconds } from '../time/duration.ts';
import { after, type Instant } from '../time/instant.ts';
import { endpointName } from './session-fact.ts';

/**
 * OpenVPN answers a client's request for its settings once in 30 s (push.c, sent_push_reply_expiry). A client that begins
 * a new session beside the one it has, because somebody sent it a recall that was recorded earlier, has no keys for the
 * rest of that time. It is sent away with its token then: a second and a half instead of up to 26.
 */
const pushedOnceIn: Duration = seconds(30);
/** How long such a client says nothing before it is sent away; one whose request will be answered gets more patience. */
const silence: Duration = milliseconds(700);
const patience: Duration = milliseconds(300);
/** The new session may take some seconds, while the old one still carries data. */
const watchedFor: Duration = seconds(12);
const lookPace: Duration = milliseconds(200);
const mostWatched = 64;

/** A client as OpenVPN knows it now. */
interface Heard {
  readonly address: string;
  readonly port: number;
  readonly cid: number;
  readonly bytesReceived: number;
  /** How long ago it was connected. */
  readonly connectedFor: Duration;
}

interface Watched {
  readonly since: Instant;
  readonly bytesReceived: number | undefined;
  readonly movedAt: Instant;
}

/** Clients that began a new session from an address where they have one, and may fall silent over it. */
export interface Cure {
  readonly watched: ReadonlyMap<string, Watched>;
  readonly look: { readonly asked: boolean; readonly nextAt: Instant };
  /** At least how often a client says something: the interval of its pings. */
  readonly pings: Duration;
}

export type CureInput =
  /** A packet that only this client's key can have made begins a session, from an address that has one. */
  | { readonly type: 'reset'; readonly address: string; readonly port: number }
  | { readonly type: 'looked'; readonly clients: readonly Heard[] }
  | { readonly type: 'look-failed' }
  | { readonly type: 'tick' };

export type CureEffect =
  | { readonly type: 'look' }
  /** Tell it to start over with the token it has. */
  | { readonly type: 'restart'; readonly cid: number; readonly address: string; readonly port: number };

export interface CureStep {
  readonly state: Cure;
  readonly effects: readonly CureEffect[];
}

export function nobodyToCure(pings: Duration, now: Instant): Cure {
  return { watched: new Map(), look: { asked: false, nextAt: now }, pings };
}

export function stepCure(state: Cure, now: Instant, input: CureInput): CureStep {
  switch (input.type) {
    case 'reset':
      return ask(watching(state, now, input), now);
    case 'looked':
      return judged({ ...state, look: { asked: false, nextAt: after(now, lookPace) } }, now, input.clients);
    case 'look-failed':
      return { state: { ...state, look: { asked: false, nextAt: after(now, lookPace) } }, effects: [] };
    case 'tick':
      return ask(state, now);
  }
}

/** When `tick` is due; undefined while nobody is watched or an answer is awaited. */
export function cureDeadline(state: Cure): Instant | undefined {
  return state.watched.size === 0 || state.look.asked ? undefined : state.look.nextAt;
}

function watching(state: Cure, now: Instant, endpoint: { address: string; port: number }): Cure {
  const name = endpointName(endpoint);
  if (state.watched.has(name) || state.watched.size >= mostWatched) return state;
  const one = { since: now, bytesReceived: undefined, movedAt: now };
  return { ...state, watched: new Map(state.watched).set(name, one) };
}

function ask(state: Cure, now: Instant): CureStep {
  if (state.look.asked || state.watched.size === 0 || now < state.look.nextAt) return { state, effects: [] };
  return { state: { ...state, look: { ...state.look, asked: true } }, effects: [{ type: 'look' }] };
}

function judged(state: Cure, now: Instant, clients: readonly Heard[]): CureStep {
  const byName = new Map(clients.map((client) => [endpointName(client), client]));
  const watched = new Map<string, Watched>();
  const effects: CureEffect[] = [];
  for (const [name, one] of state.watched) {
    const client = byName.get(name);
    // It has gone by itself, or all has been well for long enough.
    if (client === undefined || now >= after(one.since, watchedFor)) continue;
    const movedAt = client.bytesReceived === one.bytesReceived ? one.movedAt : now;
    if (now >= after(movedAt, patienceWith(client, state.pings))) {
      const { cid, address, port } = client;
      effects.push({ type: 'restart', cid, address, port });
    } else watched.set(name, { ...one, movedAt, bytesReceived: client.bytesReceived });
  }
  return { state: { ...state, watched }, effects };
}

function patienceWith(client: Heard, pings: Duration): Duration {
  return client.connectedFor < pushedOnceIn ? silence : ((pings + patience) as Duration);
}
