import { MAX_COMMON_NAME_LENGTH } from '../openvpn/common-name.ts';
import type { Session } from '../openvpn/sessions.ts';

/** What the other node must know of a connected client to bring it back. Short-lived: never on a disk. */
export interface SessionFact {
  readonly commonName: string;
  /** From where the client sends; with the port, the name of the fact. */
  readonly address: string;
  readonly port: number;
  readonly vpnAddress: string;
  /** Unix time. */
  readonly sinceSeconds: number;
  readonly version?: string | undefined;
  readonly peerId?: number | undefined;
  readonly platform?: string | undefined;
  /** The server process, such as `udp` or `tcp-2`; undefined for the first one over UDP. */
  readonly process?: string | undefined;
}

/** What a server process knows of a client that is in, and which process that is. */
export interface ServedClient extends Session {
  readonly process?: string | undefined;
}

/** What changed, as it travels. `whole`: forget what was said before. */
export interface SessionNotice {
  readonly whole: boolean;
  readonly present: readonly SessionFact[];
  /** Names of facts. */
  readonly gone: readonly string[];
}

/** Facts by their name. */
export type FactTable = ReadonlyMap<string, SessionFact>;

export const NO_FACTS: FactTable = new Map();

/** What a fact without a process means. */
export const firstProcess = 'udp';

const plainVersion = /^[\w.:+-]{1,32}$/;

/** OpenVPN's own limit (`max-clients`) is 1024; several processes fit. */
export const mostFacts = 10_000;

export function endpointName(endpoint: { readonly address: string; readonly port: number }): string {
  return `${endpoint.address}:${endpoint.port}`;
}

/** What is to be said of these sessions. A version that is no plain short text is none: it comes from the client. */
export function factsOf(sessions: Iterable<ServedClient>): FactTable {
  const table = new Map<string, SessionFact>();
  for (const session of sessions) {
    const fact = factOf(session);
    if (fact.port > 0 && fact.commonName.length <= MAX_COMMON_NAME_LENGTH)
      table.set(endpointName(fact), fact);
  }
  return table;
}

function factOf(session: ServedClient): SessionFact {
  return {
    commonName: session.commonName,
    address: session.realAddress,
    port: session.realPort,
    vpnAddress: session.vpnAddress,
    sinceSeconds: session.sinceSeconds,
    version: plainVersion.test(session.clientVersion ?? '') ? session.clientVersion : undefined,
    peerId: session.peerId,
    ...(plainVersion.test(session.clientPlatform ?? '') ? { platform: session.clientPlatform } : {}),
    ...(session.process === firstProcess || session.process === undefined
      ? {}
      : { process: session.process }),
  };
}

/** The table after a notice; never more than {@link mostFacts}: what is beyond is left to `ping-restart`. */
export function applyNotice(table: FactTable, notice: SessionNotice): FactTable {
  const next = new Map(notice.whole ? [] : table);
  for (const name of notice.gone) next.delete(name);
  for (const fact of notice.present) {
    const name = endpointName(fact);
    if (next.size < mostFacts || next.has(name)) next.set(name, remembering(table.get(name), fact));
  }
  return next;
}

// A server that was restarted finds its clients again, but not what they told of themselves when they came.
function remembering(before: SessionFact | undefined, fact: SessionFact): SessionFact {
  const same = before?.commonName === fact.commonName && before.sinceSeconds === fact.sinceSeconds;
  if (!same || fact.version !== undefined) return fact;
  return { ...fact, version: before.version, platform: before.platform };
}

/**
 * The next notice that brings a listener who was told `told` towards `current`, of at most `most` facts, and what it has
 * been told after it. Undefined when it knows everything. A listener who was told nothing yet (`told` undefined) gets a
 * notice in any case, so that it forgets what it knew from another time.
 */
export function nextNotice(
  told: FactTable | undefined,
  current: FactTable,
  most: number,
): { readonly notice: SessionNotice; readonly told: FactTable } | undefined {
  const known = told ?? NO_FACTS;
  const gone = [...known.keys()].filter((name) => !current.has(name)).slice(0, most);
  const present: SessionFact[] = [];
  for (const [name, fact] of current) {
    if (gone.length + present.length >= most) break;
    const before = known.get(name);
    if (before === undefined || !sameFact(before, fact)) present.push(fact);
  }
  if (told !== undefined && gone.length === 0 && present.length === 0) return undefined;
  const next = new Map(known);
  for (const name of gone) next.delete(name);
  for (const fact of present) next.set(endpointName(fact), fact);
  return { notice: { whole: told === undefined, present, gone }, told: next };
}

function sameFact(a: SessionFact, b: SessionFact): boolean {
  return (
    a.commonName === b.commonName &&
    a.vpnAddress === b.vpnAddress &&
    a.sinceSeconds === b.sinceSeconds &&
    a.version === b.version &&
    a.peerId === b.peerId &&
    a.process === b.process
  );
}
