import {
  beginCampaign,
  type CampaignEffect,
  type CampaignInput,
  deadline,
  isOver,
  type Outcome,
  step,
} from '../../../src/core/recall/campaign.ts';
import { comesBackWhenRecalled } from '../../../src/core/recall/policy.ts';
import { endpointName, type SessionFact } from '../../../src/core/recall/session-fact.ts';
import { milliseconds } from '../../../src/core/time/duration.ts';
import { after, type Instant, instant } from '../../../src/core/time/instant.ts';

export function client(number: number, more: Partial<SessionFact> = {}): SessionFact {
  return {
    commonName: `client${number}`,
    address: '203.0.113.11',
    port: 40_000 + number,
    vpnAddress: `10.8.0.${number + 1}`,
    sinceSeconds: 1,
    version: '2.6.14',
    peerId: number,
    ...more,
  };
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function randomness(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface Weather {
  readonly seed: number;
  readonly clients: number;
  /** 0 to 1: of recalls, and of what OpenVPN reports by itself. */
  readonly loss: number;
  readonly roundTripMs: number;
  /** The management interface does not answer until then. */
  readonly deafMs: number;
  /** 0 to 1: of recalls, and of what OpenVPN reports, what comes twice. */
  readonly duplicated: number;
  /** What is on its way takes up to so much longer, and so overtakes what left earlier. */
  readonly jitterMs: number;
}

export interface Recall {
  readonly atMs: number;
  readonly client: SessionFact;
  readonly attempt: number;
  /** What the server had for that client at that moment. */
  readonly hadInstance: boolean;
}

/**
 * A takeover as the campaign meets it: a server, clients of all versions of which some come by themselves, lost packets,
 * late answers. Everything follows from the seed.
 */
export function simulate(weather: Weather): {
  recalls: Recall[];
  outcome: Outcome | undefined;
  endedMs: number;
} {
  const random = randomness(weather.seed);
  const versions = ['2.6.14', '2.6.3', '2.7.6', '2.5.11', '3.8.4', undefined];
  const clients = Array.from({ length: weather.clients }, (_, number) =>
    client(number, {
      version: versions[Math.floor(random() * versions.length)],
      peerId: Math.floor(random() * 1000),
    }),
  );
  const instances = new Map<string, SessionFact>();
  const recalls: Recall[] = [];
  const queue: { at: Instant; run: () => void }[] = [];
  let now = instant(0);
  let outcome: Outcome | undefined;
  const later = (ms: number, run: () => void): void => {
    queue.push({ at: after(now, milliseconds(ms)), run });
  };
  /** Lost, late, or more than once. */
  const onTheWay = (ms: number, run: () => void): void => {
    for (let copy = random() < weather.duplicated ? 2 : 1; copy > 0; copy -= 1) {
      if (random() >= weather.loss) later(ms + random() * weather.jitterMs, run);
    }
  };
  const arrive = (one: SessionFact, known: boolean): void => {
    if (instances.has(endpointName(one))) return;
    instances.set(endpointName(one), one);
    if (known) onTheWay(20, () => feed({ type: 'present', instance: one }));
  };

  const begun = beginCampaign(clients, now);
  let state = begun.state;
  const feed = (input: CampaignInput): void => {
    const next = step(state, now, input);
    state = next.state;
    next.effects.forEach(carryOut);
  };
  const carryOut = (effect: CampaignEffect): void => {
    if (effect.type === 'over') outcome = effect.outcome;
    if (effect.type === 'look') {
      const deaf = now < after(instant(0), milliseconds(weather.deafMs));
      later(random() * 5, () =>
        feed(deaf ? { type: 'look-failed' } : { type: 'looked', instances: [...instances.values()] }),
      );
    }
    if (effect.type === 'recall') {
      const hadInstance = instances.has(endpointName(effect.client));
      recalls.push({ atMs: now / 1000, client: effect.client, attempt: effect.attempt, hadInstance });
      if (comesBackWhenRecalled(effect.client.version))
        onTheWay(weather.roundTripMs * 2.5, () => arrive(effect.client, true));
    }
  };
  for (const one of clients) {
    // Some notice by themselves and come from another port, under the same name.
    if (random() < 0.1) later(random() * 4000, () => arrive({ ...one, port: one.port + 10_000 }, true));
  }
  begun.effects.forEach(carryOut);
  for (let steps = 0; steps < 100_000; steps += 1) {
    const due = deadline(state);
    queue.sort((a, b) => a.at - b.at);
    const next = queue[0];
    if (next === undefined && due === undefined) break;
    if (due !== undefined && (next === undefined || due <= next.at)) {
      now = due;
      feed({ type: 'tick' });
    } else if (next !== undefined) {
      now = next.at;
      queue.shift();
      next.run();
    }
    if (isOver(state)) break;
  }
  return { recalls, outcome, endedMs: now / 1000 };
}
