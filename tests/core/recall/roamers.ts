import { comesBackWhenRecalled } from '../../../src/core/recall/policy.ts';
import {
  type Candidate,
  noStrangers,
  type Strangers,
  type StrangersInput,
  stepStrangers,
  strangersDeadline,
} from '../../../src/core/recall/strangers.ts';
import { milliseconds } from '../../../src/core/time/duration.ts';
import { after, type Instant, instant } from '../../../src/core/time/instant.ts';
import { randomness } from './server-and-clients.ts';

export interface World {
  readonly seed: number;
  readonly clients: number;
  /** How many of them move, each once, to another address or port. */
  readonly moving: number;
  /** Between two packets of a client, and their size. */
  readonly everyMs: number;
  readonly bytes: number;
  /** 0 to 1, of every packet in either direction. */
  readonly loss: number;
  /** 0 to 1: recalls that arrive twice. */
  readonly duplicated: number;
  /** Packets are late by up to so much, and so overtake each other. */
  readonly jitterMs: number;
  /** Packets of data per second from addresses at which no client is. */
  readonly forgedPerSecond: number;
  /** Whether forgers send from the address of a client, but another port. */
  readonly forgedNearby: boolean;
}

interface Client {
  readonly commonName: string;
  readonly version: string | undefined;
  address: string;
  port: number;
  movedMs: number | undefined;
  backMs: number | undefined;
}

interface Call {
  readonly atMs: number;
  readonly commonName: string;
  readonly version: string | undefined;
  readonly endpoint: string;
  /** What OpenVPN had for that endpoint at that moment. */
  readonly hadInstance: boolean;
}

export interface Seen {
  readonly calls: readonly Call[];
  readonly looksMs: readonly number[];
  /** By endpoint, in bytes of payload: what came from there without a session, and what was sent there. */
  readonly asked: ReadonlyMap<string, number>;
  readonly answered: ReadonlyMap<string, number>;
  readonly mostKnown: number;
  /** How long each that moved was away; undefined for who did not come back. */
  readonly awayMs: readonly { readonly version: string | undefined; readonly ms: number | undefined }[];
}

const untilMs = 8_000;
const copiesPerSecond = 200;

/** A server whose clients move about, and forgers, on a network that loses, repeats and reorders. All from the seed. */
export function simulateRoaming(world: World): Seen {
  const random = randomness(world.seed);
  const versions = ['2.6.14', '2.7.6', '2.6.3', '2.5.11', '3.8.4', undefined];
  const clients = Array.from(
    { length: world.clients },
    (_, number): Client => ({
      commonName: `client${number}`,
      version: versions[Math.floor(random() * versions.length)],
      address: `203.0.113.${1 + (number % 200)}`,
      port: 40_000 + number,
      movedMs: undefined,
      backMs: undefined,
    }),
  );
  const at = (one: { readonly address: string; readonly port: number }): string =>
    `${one.address}:${one.port}`;
  const instances = new Map<string, Candidate>();
  for (const one of clients) instances.set(at(one), { ...one, bytesReceived: 0 });
  const calls: Call[] = [];
  const looksMs: number[] = [];
  const asked = new Map<string, number>();
  const answered = new Map<string, number>();
  let mostKnown = 0;
  let now = instant(0);
  let copies = copiesPerSecond / 2;
  let copiesAtMs = 0;
  const nowMs = (): number => now / 1_000;
  const queue: { at: Instant; run: () => void }[] = [];
  const later = (ms: number, run: () => void): void => {
    queue.push({ at: after(now, milliseconds(ms)), run });
  };
  let state: Strangers = noStrangers(now);

  const feed = (input: StrangersInput): void => {
    const next = stepStrangers(state, now, input);
    state = next.state;
    mostKnown = Math.max(mostKnown, state.known.size);
    for (const effect of next.effects) {
      if (effect.type === 'look') {
        looksMs.push(nowMs());
        later(random() * 5, () => {
          const all = [...instances.values()];
          feed({ type: 'looked', surroundings: { instances: all, candidates: all } });
        });
      } else {
        const endpoint = at(effect);
        const version = clients.find((one) => one.commonName === effect.commonName)?.version;
        const { commonName } = effect;
        calls.push({ atMs: nowMs(), commonName, version, endpoint, hadInstance: instances.has(endpoint) });
        answered.set(endpoint, (answered.get(endpoint) ?? 0) + 60);
        for (let copy = random() < world.duplicated ? 2 : 1; copy > 0; copy -= 1) {
          if (random() >= world.loss)
            later(5 + random() * world.jitterMs, () => arrive(commonName, endpoint));
        }
      }
    }
  };
  /** A recall reaches whoever is there now; with the wrong key it is noise. */
  const arrive = (commonName: string, endpoint: string): void => {
    const one = clients.find((client) => client.commonName === commonName);
    if (one === undefined || at(one) !== endpoint || !comesBackWhenRecalled(one.version)) return;
    later(20, () => {
      for (const [place, instance] of instances)
        if (instance.commonName === commonName) instances.delete(place);
      instances.set(endpoint, { ...one, bytesReceived: 0 });
      one.backMs ??= nowMs();
    });
  };
  const receive = (from: { readonly address: string; readonly port: number }, bytes: number): void => {
    if (random() < world.loss) return;
    const instance = instances.get(at(from));
    if (instance !== undefined) {
      instances.set(at(from), { ...instance, bytesReceived: instance.bytesReceived + bytes });
      return;
    }
    asked.set(at(from), (asked.get(at(from)) ?? 0) + bytes);
    copies = Math.min(copiesPerSecond / 2, copies + ((nowMs() - copiesAtMs) * copiesPerSecond) / 1_000);
    copiesAtMs = nowMs();
    if (copies < 1) return;
    copies -= 1;
    feed({ type: 'data', ...from, bytes });
  };
  const talk = (one: Client): void => {
    const { address, port } = one;
    later(random() * world.jitterMs, () => receive({ address, port }, world.bytes));
    later(world.everyMs * (0.8 + random() * 0.4), () => talk(one));
  };
  const forge = (): void => {
    const near = clients[Math.floor(random() * clients.length)];
    const address =
      world.forgedNearby && near ? near.address : `198.51.100.${1 + Math.floor(random() * 250)}`;
    receive({ address, port: 1_024 + Math.floor(random() * 60_000) }, 30 + Math.floor(random() * 1_000));
    later(1_000 / world.forgedPerSecond, forge);
  };
  for (const one of clients) later(random() * world.everyMs, () => talk(one));
  for (const one of clients.slice(0, world.moving)) {
    later(1_000 + random() * 500, () => {
      one.movedMs = nowMs();
      if (random() < 0.5) one.address = `192.0.2.${1 + Math.floor(random() * 250)}`;
      one.port += 10_000;
    });
  }
  if (world.forgedPerSecond > 0) later(500, forge);
  while (nowMs() < untilMs) {
    const due = strangersDeadline(state);
    let first: (typeof queue)[number] | undefined;
    for (const one of queue) if (first === undefined || one.at < first.at) first = one;
    if (first === undefined) break;
    if (due !== undefined && due <= first.at) {
      now = instant(Math.max(due, now));
      feed({ type: 'tick' });
    } else {
      queue.splice(queue.indexOf(first), 1);
      now = first.at;
      first.run();
    }
  }
  const awayMs = clients
    .filter((one) => one.movedMs !== undefined)
    .map(({ version, movedMs, backMs }) => ({
      version,
      ms: backMs === undefined ? undefined : backMs - movedMs!,
    }));
  return { calls, looksMs, asked, answered, mostKnown, awayMs };
}
