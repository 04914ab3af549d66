import type { Logger } from 'pino';
import type { Session } from '../core/openvpn/sessions.ts';
import { type Cure, type CureStep, cureDeadline, nobodyToCure, stepCure } from '../core/recall/cure.ts';
import { firstProcess, type SessionFact } from '../core/recall/session-fact.ts';
import {
  type Candidate,
  noStrangers,
  type Strangers,
  type StrangersStep,
  stepStrangers,
  strangersDeadline,
} from '../core/recall/strangers.ts';
import { seconds, toMilliseconds } from '../core/time/duration.ts';
import { between, type Instant, instant } from '../core/time/instant.ts';
import type { WatchedPacket } from '../privileged/channel.ts';
import type { Privileged } from '../privileged/privileged.ts';
import type { Instance, VpnClients } from '../vpn/clients.ts';
import type { RecallKeys } from './keys.ts';
import type { Recall } from './recall.ts';

export interface WatchParts {
  readonly clients: Pick<VpnClients, 'lastSessions' | 'instances' | 'tellToReconnect' | 'onNews'>;
  readonly recall: Pick<Recall, 'serving' | 'isCalling' | 'lost'>;
  readonly privileged: Pick<Privileged, 'sendRecall'>;
  readonly keys: Pick<RecallKeys, 'packetFor' | 'beginsSessionOf'>;
  /** The OpenVPN process that the clients belong to, as it is set up now. */
  readonly openvpn: () => { readonly name: string; readonly port: number; readonly pingSeconds: number };
  readonly log: Logger;
  /** Wall clock, milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * The clients of one process, while this node serves: a client that sends from a new address is called there, and a client that an old call has
 * silenced is sent to connect anew. Decided in `core/recall/strangers.ts` and `core/recall/cure.ts`.
 */
export class RecallWatch {
  readonly #parts: WatchParts;
  #strangers: Strangers = noStrangers(now());
  #cure: Cure;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: WatchParts) {
    this.#parts = parts;
    this.#cure = nobodyToCure(seconds(parts.openvpn().pingSeconds), now());
    parts.clients.onNews((news) => {
      if (news.type !== 'established') return;
      const { address, port } = news.client;
      this.#stepStrangers(stepStrangers(this.#strangers, now(), { type: 'present', address, port }));
    });
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Packets that the kernel handed over; those to another port are not looked at. */
  saw(packets: readonly WatchedPacket[]): void {
    const { recall, openvpn } = this.#parts;
    if (!recall.serving) return;
    for (const packet of packets) {
      if (packet.serverPort !== openvpn().port) continue;
      if (packet.opening !== undefined) this.#sawOpening(packet, Buffer.from(packet.opening, 'base64'));
      else if (!recall.isCalling(packet)) {
        const { address, port, length: bytes } = packet;
        this.#stepStrangers(stepStrangers(this.#strangers, now(), { type: 'data', address, port, bytes }));
      }
    }
  }

  #sawOpening({ address, port }: WatchedPacket, packet: Uint8Array): void {
    const session = this.#sessionAt(address, port);
    if (session === undefined || !this.#parts.keys.beginsSessionOf(session.commonName, packet)) return;
    this.#cure = { ...this.#cure, pings: seconds(this.#parts.openvpn().pingSeconds) };
    this.#stepCure(stepCure(this.#cure, now(), { type: 'reset', address, port }));
  }

  #sessionAt(address: string, port: number): Session | undefined {
    for (const session of this.#parts.clients.lastSessions.values()) {
      if (session.realPort === port && session.realAddress === address) return session;
    }
    return undefined;
  }

  #stepStrangers({ state, effects }: StrangersStep): void {
    this.#strangers = state;
    for (const effect of effects) {
      if (effect.type === 'look') void this.#lookForStrangers();
      else this.#call(effect.commonName, effect.address, effect.port);
    }
    this.#wait();
  }

  #stepCure({ state, effects }: CureStep): void {
    this.#cure = state;
    for (const effect of effects) {
      if (effect.type === 'look') void this.#lookForSilence();
      else void this.#restart(effect.cid, `${effect.address}:${effect.port}`);
    }
    this.#wait();
  }

  async #lookForStrangers(): Promise<void> {
    const input = await this.#parts.clients.instances().then(
      (instances) =>
        ({ type: 'looked', surroundings: { instances, candidates: this.#candidates(instances) } }) as const,
      () => ({ type: 'look-failed' }) as const,
    );
    this.#stepStrangers(stepStrangers(this.#strangers, now(), input));
  }

  async #lookForSilence(): Promise<void> {
    const input = await this.#parts.clients.instances().then(
      (instances) => ({ type: 'looked', clients: instances.map((one) => this.#heard(one)) }) as const,
      () => ({ type: 'look-failed' }) as const,
    );
    this.#stepCure(stepCure(this.#cure, now(), input));
  }

  #heard({ address, port, cid, bytesReceived, sinceSeconds }: Instance) {
    const connectedFor = seconds(this.#parts.now() / 1_000 - sinceSeconds);
    return { address, port, cid, bytesReceived, connectedFor };
  }

  /** Everyone who is in, and everyone whose session was lost and who is not in again. */
  #candidates(instances: readonly Instance[]): Candidate[] {
    const sessions = this.#parts.clients.lastSessions;
    const here = instances.flatMap(({ commonName, cid, address, port, bytesReceived }): Candidate[] => {
      const version = sessions.get(cid)?.clientVersion;
      return commonName === undefined ? [] : [{ commonName, version, address, port, bytesReceived }];
    });
    const names = new Set(here.map(({ commonName }) => commonName));
    const own = this.#parts.openvpn().name;
    const away = this.#parts.recall.lost.filter(
      ({ commonName, process = firstProcess }) => process === own && !names.has(commonName),
    );
    return [...here, ...away.map(asCandidate)];
  }

  #call(commonName: string, address: string, port: number): void {
    const { privileged, keys, openvpn, log } = this.#parts;
    const packet = keys.packetFor(commonName, Math.floor(this.#parts.now() / 1_000));
    if (packet === undefined) return;
    const text = Buffer.from(packet).toString('base64');
    privileged.sendRecall({ name: openvpn().name, address, port, packet: text });
    log.info({ commonName, address, port }, 'data from a new address: a client is called there');
  }

  async #restart(cid: number, endpoint: string): Promise<void> {
    await this.#parts.clients.tellToReconnect((session) => session.cid === cid);
    this.#parts.log.warn(
      { endpoint },
      'a client began a new session and fell silent: it was told to reconnect',
    );
  }

  #wait(): void {
    clearTimeout(this.#timer);
    const due = [strangersDeadline(this.#strangers), cureDeadline(this.#cure)].filter(
      (one) => one !== undefined,
    );
    if (due.length === 0) return;
    const ms = Math.max(1, Math.ceil(toMilliseconds(between(now(), instant(Math.min(...due))))));
    this.#timer = setTimeout(() => this.#tick(), ms);
  }

  #tick(): void {
    this.#stepStrangers(stepStrangers(this.#strangers, now(), { type: 'tick' }));
    this.#stepCure(stepCure(this.#cure, now(), { type: 'tick' }));
  }
}

function asCandidate({ commonName, version, address, port }: SessionFact): Candidate {
  return { commonName, version, address, port, bytesReceived: 0 };
}

function now(): Instant {
  return instant(performance.now() * 1_000);
}
