import type { ClientEstablished, ManagementMessage } from './management/messages.ts';
import type { StatusClient } from './management/status.ts';

/** A client that is in. What the client tells of itself is undefined where it was not heard (a restart of ours). */
export interface Session {
  /** OpenVPN's number of the client, for the life of the process. */
  readonly cid: number;
  readonly commonName: string;
  readonly username: string;
  readonly realAddress: string;
  readonly realPort: number;
  readonly vpnAddress: string;
  /** Unix time. */
  readonly sinceSeconds: number;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly peerId: number | undefined;
  /** `IV_VER`, `IV_PLAT` and `IV_PROTO` of the client. */
  readonly clientVersion: string | undefined;
  readonly clientPlatform: string | undefined;
  readonly clientProtocolFlags: number | undefined;
}

/** The clients of one OpenVPN process, by `cid`. Empty when the process starts. */
export type SessionTable = ReadonlyMap<number, Session>;

export const NO_SESSIONS: SessionTable = new Map();

/** The table after these messages; the same object where nothing changed. */
export function applyMessages(table: SessionTable, messages: readonly ManagementMessage[]): SessionTable {
  let copy: Map<number, Session> | undefined;
  for (const message of messages) {
    const change = changeBy(copy ?? table, message);
    if (change === undefined) continue;
    copy ??= new Map(table);
    if (change.session === undefined) copy.delete(change.cid);
    else copy.set(change.cid, change.session);
  }
  return copy ?? table;
}

interface Change {
  readonly cid: number;
  /** Undefined: the client is gone. */
  readonly session: Session | undefined;
}

function changeBy(table: SessionTable, message: ManagementMessage): Change | undefined {
  if (message.type === 'established') return { cid: message.cid, session: fromEnvironment(message) };
  if (message.type === 'disconnected') return { cid: message.cid, session: undefined };
  if (message.type !== 'bytecount') return undefined;
  const { cid, bytesReceived, bytesSent } = message;
  const session = table.get(cid);
  return session === undefined ? undefined : { cid, session: { ...session, bytesReceived, bytesSent } };
}

/**
 * The table that `status 3` proves: who is not in it is gone, addresses and counters are its own, and what a client told
 * of itself is kept from before.
 */
export function applyStatus(table: SessionTable, clients: readonly StatusClient[]): SessionTable {
  const next = new Map<number, Session>();
  for (const { cipher: _, ...client } of clients) {
    if (client.vpnAddress === '') continue;
    const known = table.get(client.cid);
    const same = known?.commonName === client.commonName ? known : undefined;
    next.set(client.cid, {
      ...client,
      clientVersion: same?.clientVersion,
      clientPlatform: same?.clientPlatform,
      clientProtocolFlags: same?.clientProtocolFlags,
    });
  }
  return next;
}

// OpenVPN reports ESTABLISHED even for a client that its `disable` line or the lack of a file has just rejected, and
// sometimes DISCONNECT before it. Such a client has no address of the VPN, or its session was summed up already.
function fromEnvironment({ cid, env }: ClientEstablished): Session | undefined {
  const vpnAddress = env.get('ifconfig_pool_remote_ip');
  const realAddress = env.get('trusted_ip') ?? env.get('trusted_ip6');
  const realPort = whole(env.get('trusted_port'));
  const commonName = env.get('common_name');
  if (env.has('time_duration') || !vpnAddress || !realAddress || realPort === undefined || !commonName)
    return undefined;
  return {
    cid,
    commonName,
    username: env.get('username') ?? '',
    realAddress,
    realPort,
    vpnAddress,
    sinceSeconds: whole(env.get('time_unix')) ?? 0,
    bytesReceived: 0,
    bytesSent: 0,
    peerId: undefined,
    clientVersion: env.get('IV_VER'),
    clientPlatform: env.get('IV_PLAT'),
    clientProtocolFlags: whole(env.get('IV_PROTO')),
  };
}

function whole(text: string | undefined): number | undefined {
  return text !== undefined && /^[0-9]{1,15}$/.test(text) ? Number(text) : undefined;
}
