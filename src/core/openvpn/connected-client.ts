import { firstProcess, type SessionFact } from '../recall/session-fact.ts';
import { isLoginName, parseCommonName } from './common-name.ts';
import type { Session } from './sessions.ts';

/** A client that is in, wherever that is known from. What was not heard is undefined. */
export interface ConnectedClient {
  /** Names the session while it lasts. */
  readonly id: string;
  readonly user: string;
  readonly profile: string;
  /** The name of the server process. */
  readonly process: string;
  readonly realAddress: string;
  readonly realPort: number;
  readonly vpnAddress: string;
  /** Unix time. */
  readonly sinceSeconds: number;
  readonly bytesReceived: number | undefined;
  readonly bytesSent: number | undefined;
  readonly clientVersion: string | undefined;
  readonly clientPlatform: string | undefined;
}

/** A client of this node. */
export function clientOfSession(process: string, session: Session): ConnectedClient {
  const { realAddress, realPort, vpnAddress, sinceSeconds, bytesReceived, bytesSent } = session;
  return {
    id: sessionId(process, session.cid),
    process,
    ...ownerOf(session.commonName),
    ...{ realAddress, realPort, vpnAddress, sinceSeconds, bytesReceived, bytesSent },
    clientVersion: session.clientVersion,
    clientPlatform: session.clientPlatform,
  };
}

/** A client of the other node, as that one told. */
export function clientOfFact(fact: SessionFact): ConnectedClient {
  return {
    id: `${fact.address}-${fact.port}`,
    process: fact.process ?? firstProcess,
    ...ownerOf(fact.commonName),
    realAddress: fact.address,
    realPort: fact.port,
    vpnAddress: fact.vpnAddress,
    sinceSeconds: fact.sinceSeconds,
    bytesReceived: undefined,
    bytesSent: undefined,
    clientVersion: fact.version,
    clientPlatform: fact.platform,
  };
}

function sessionId(process: string, cid: number): string {
  return `${process}-${cid}`;
}

function ownerOf(commonName: string): { user: string; profile: string } {
  const name = parseCommonName(commonName);
  const profile = name?.profile ?? (isLoginName(commonName) ? 'generic' : '');
  return { user: name?.username ?? commonName, profile };
}
