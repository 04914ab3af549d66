import { TandemError } from '../core/errors.ts';
import type { Recall } from '../recall/recall.ts';
import type { NodeConfig } from '../settings/node.ts';
import type { Store } from '../store/store.ts';
import type { VpnService } from '../vpn/service.ts';
import type { HeartbeatClient } from './heartbeat-client.ts';
import type { ReplicationLink } from './link.ts';
import type { RoleKeeper } from './role.ts';
import type { Readiness } from './succession/readiness.ts';
import type { Writer } from './writer.ts';

const successorTimeoutMs = 1_000;
const drainTimeoutMs = 2_000;

/** What a switchover works with; each part belongs to the node that is active now. */
interface SwitchoverParts {
  readonly nodeName: string;
  readonly peerName: string;
  /** One reason per thing that speaks against it now; empty when it may begin. */
  readonly objections: () => readonly string[];
  readonly holdWrites: () => void;
  readonly releaseWrites: () => void;
  /** Resolves with true when the standby has everything that was ever written here. */
  readonly drain: (timeoutMs: number) => Promise<boolean>;
  /** Tells the clients that the other node cannot bring back to reconnect keeping their token; answers how many. */
  readonly tellClients: () => Promise<number>;
  /** Leaves the active role; answers whether another node claimed it in time. After `ok` this node accepts no write any more. */
  readonly resign: (
    timeoutMs: number,
  ) => Promise<{ readonly ok: boolean; readonly reason?: string | undefined }>;
}

/**
 * Hands the active role over (DESIGN, life of a switchover): refuse with the reasons, or hold new writes, drain the
 * journal, tell the clients that the other node will not recall, leave. When the standby does not claim, the heartbeat takes the role back and this throws.
 * @throws TandemError `pair.switchover.refused`, `pair.switchover.not-drained`, `pair.switchover.not-claimed`
 */
async function switchOver(parts: SwitchoverParts): Promise<{ clientsTold: number }> {
  const objections = parts.objections();
  if (objections.length > 0) throw refused(objections);
  parts.holdWrites();
  try {
    if (!(await parts.drain(drainTimeoutMs))) throw notDrained(parts.peerName);
    const clientsTold = await parts.tellClients();
    const left = await parts.resign(successorTimeoutMs);
    if (!left.ok) throw notClaimed(parts, left.reason);
    return { clientsTold };
  } finally {
    parts.releaseWrites();
  }
}

/** From this node to the other one. @throws TandemError as `switchOver` */
export async function switchOverTo(
  peer: { readonly name: string },
  parts: {
    readonly config: NodeConfig;
    readonly store: Store;
    readonly vpn: VpnService;
    readonly recall: Recall;
    readonly link: ReplicationLink;
    readonly writer: Writer;
    readonly heartbeat: HeartbeatClient;
    readonly role: RoleKeeper;
    readonly readiness: Readiness | undefined;
  },
): Promise<{ from: string; to: string; clientsTold: number }> {
  const { config, store, vpn, recall, link, writer, heartbeat, role, readiness } = parts;
  const { clientsTold } = await switchOver({
    nodeName: config.name,
    peerName: peer.name,
    objections: () => [
      ...(link.status.protected ? [] : [`${peer.name} does not have every change: ${link.status.sentence}`]),
      ...(readiness?.ready === false ? [`${peer.name} would not take over: ${readiness.why}`] : []),
    ],
    holdWrites: () => writer.hold(),
    releaseWrites: () => writer.release(),
    drain: (timeoutMs) => link.acknowledged(store.position, timeoutMs),
    tellClients: () => vpn.clients.tellToReconnect((session) => !recall.isCovered(session)),
    resign: async (timeoutMs) => {
      const answer = await heartbeat.resign(timeoutMs);
      if (answer.ok) await role.become('standby', 'switchover');
      return { ok: answer.ok, reason: answer.error?.message };
    },
  });
  return { from: config.name, to: peer.name, clientsTold };
}

function refused(objections: readonly string[]): TandemError {
  return new TandemError({
    code: 'pair.switchover.refused',
    culprit: 'operator',
    message: `No switchover now: ${objections.join('; ')}. Nothing was changed.`,
    hint: 'Look at: tandem status',
  });
}

function notDrained(peer: string): TandemError {
  return new TandemError({
    code: 'pair.switchover.not-drained',
    culprit: 'peer',
    message: `${peer} did not confirm the last changes within ${drainTimeoutMs / 1_000} s; this node stays active.`,
    hint: 'Look at: tandem status',
  });
}

function notClaimed(parts: SwitchoverParts, reason: string | undefined): TandemError {
  return new TandemError({
    code: 'pair.switchover.not-claimed',
    culprit: 'peer',
    message: `${parts.peerName} did not claim the virtual address${reason === undefined ? '' : ` (${reason})`}; ${parts.nodeName} took it back and is active.`,
    hint: `Look at the heartbeat on ${parts.peerName}: tandem status`,
  });
}
