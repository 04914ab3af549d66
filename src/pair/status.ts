import { adviceOn } from '../core/openvpn/known-holes.ts';
import type { Copying } from '../core/replication/book.ts';
import type { Position } from '../core/replication/position.ts';
import type { Outcome, Records } from '../replication/verification/records.ts';
import type { FollowerStatus } from './followers.ts';
import type { FollowingStatus } from './following.ts';
import type { HeartbeatStatus } from './heartbeat-client.ts';
import type { Role } from './role.ts';
import type { Readiness } from './succession/readiness.ts';

/** How far the other node's copy is, as this node knows it now. */
export interface CopyStatus {
  readonly connected: boolean;
  readonly position: Position | undefined;
  readonly lagEntries: number | undefined;
  readonly lagMs: number | undefined;
  /** Change data that did not go out yet. */
  readonly unsentBytes: number | undefined;
  /** How much of a whole copy went out, while one is under way. */
  readonly copying: Copying | undefined;
  readonly protected: boolean;
  /** Wall clock, milliseconds since 1970. */
  readonly protectedSince: number | undefined;
  /** The other node's version of Tandem, as it last said. */
  readonly product: string | undefined;
  readonly sentence: string;
}

/** What was observed of a node a moment ago; the command, the API and later the web show this and nothing else. */
export interface Observed {
  readonly at: Date;
  readonly node: {
    readonly name: string;
    readonly address: string;
    readonly start: 'primary' | 'failover' | 'follower';
  };
  readonly role: Role;
  readonly since: Date;
  readonly position: Position;
  readonly trouble: string | undefined;
  /** Why its heartbeat does not take part as the pair wants it to. */
  readonly apart?: string | undefined;
  readonly peer: { readonly name: string; readonly address: string } | undefined;
  readonly copy: CopyStatus | undefined;
  /** On the active node: whether the standby would take over, as it said a moment ago; undefined where nothing is known. */
  readonly readiness?: Readiness | undefined;
  /** This node serves, may lack changes that the other one has, and has not met it since it became active. */
  readonly mayLackChanges?: boolean;
  readonly virtualAddress: string | undefined;
  /** Undefined while the heartbeat does not run or does not answer. */
  readonly heartbeat: HeartbeatStatus | undefined;
  /** One for each server process that is to run. */
  readonly openvpn: readonly {
    readonly name: string;
    readonly protocol: 'udp' | 'tcp';
    readonly port: number;
    readonly clients: number;
    /** Undefined while it does not answer. */
    readonly pid: number | undefined;
    readonly version: string | undefined;
  }[];
  /** When this node's copy was last compared with the other one's, and what came of it. */
  readonly verification: Outcome | undefined;
  /** What is wrong with this node's copy, as long as it is. */
  readonly damaged: string | undefined;
  /** A bad copy that was replaced, and where it is kept. */
  readonly incident: Records['incident'];
  /** Whether changes are refused while the pair is not protected. */
  readonly protection: 'prefer' | 'require';
  readonly followers: readonly FollowerStatus[];
  /** On a follower: how far it is. */
  readonly following: FollowingStatus | undefined;
  /** Changes in quarantine on this node that nobody has decided on. */
  readonly undecided: number;
  /** Certificates that end soon, in words. */
  readonly endingCertificates?: readonly string[];
  /** Whether the node has the data to serve with. */
  readonly seeded: boolean;
}

/** Whether this node has the virtual address now, as its heartbeat sees it in the kernel. */
export function holdsAddress(observed: Observed): boolean {
  const held = observed.heartbeat?.virtualAddresses.every((one) => one.held) ?? false;
  return held && (observed.heartbeat?.virtualAddresses.length ?? 0) > 0;
}

/** One sentence, the same in log, command and page: what this node does and whether that is well. */
export function sentenceOf(observed: Observed): string {
  const { node, role, peer, copy } = observed;
  if (observed.trouble !== undefined) return `${node.name} ${observed.trouble}.`;
  if (node.start === 'follower') {
    return observed.following === undefined
      ? `${node.name} is a follower and waits to be told whom to follow: tandem follower join.`
      : `${node.name} is a follower, read-only. ${observed.following.sentence}`;
  }
  if (peer === undefined) {
    return role === 'active' || node.start === 'primary'
      ? `${node.name} serves alone: it is not paired with a second node.`
      : `${node.name} waits to be paired by a primary node.`;
  }
  if (observed.apart !== undefined) return observed.apart;
  if (role === 'active') {
    const readiness = standbyInWords(observed);
    if (copy?.protected === true && observed.readiness?.ready === false)
      return `${node.name} is active and every change is on ${peer.name} as well, but ${readiness}`;
    return copy?.protected === true
      ? `${node.name} is active and every change is on ${peer.name} as well.`
      : `${node.name} is active and NOT PROTECTED: ${copy?.sentence ?? `${peer.name} has no copy`}`;
  }
  const { heartbeat } = observed;
  if (heartbeat?.standing === 'follow' && !heartbeat.peers.some(isHeard))
    return `NOBODY SERVES: ${node.name} is standby, hears no active node, and does not take over by itself, because its copy may lack changes. To take over with what it has: tandem failover claim`;
  if (!observed.seeded) return `${node.name} is standby and waits for its first copy from ${peer.name}.`;
  return copy?.connected === true
    ? `${node.name} is standby and follows ${peer.name}.`
    : `${node.name} is standby and hears nothing from ${peer.name}'s data: ${copy?.sentence ?? 'no connection'}`;
}

const heardWithinMs = 5_000;

function isHeard({ lastHeardMs }: HeartbeatStatus['peers'][number]): boolean {
  return lastHeardMs != null && lastHeardMs < heardWithinMs;
}

/** Whether the standby would take over, in one sentence; for the active node. */
export function standbyInWords({ peer, readiness }: Observed): string {
  if (peer === undefined) return 'There is no second node.';
  if (readiness === undefined) return `Whether ${peer.name} would take over is not known.`;
  return readiness.ready
    ? `${peer.name} is ready to take over.`
    : `${peer.name} WOULD NOT TAKE OVER: ${readiness.why}.`;
}

/** What a person may want to know beside warnings: nothing is wrong with this node, but something could be better. */
export function adviceOf(observed: Observed): string[] {
  const versions = new Set(observed.openvpn.map((one) => one.version));
  return [...versions].map((version) => adviceOn('server', version)).filter((advice) => advice !== undefined);
}

/** What a person should look at; empty when all is well. */
export function warningsOf(observed: Observed): string[] {
  const warnings: string[] = [];
  const { node, role, peer, copy, heartbeat } = observed;
  if (observed.trouble !== undefined) warnings.push(`${node.name} ${observed.trouble}`);
  if (observed.apart !== undefined) warnings.push(observed.apart);
  else if (peer !== undefined && heartbeat === undefined)
    warnings.push('the heartbeat of this node does not answer');
  for (const warning of heartbeat?.warnings ?? []) warnings.push(`the heartbeat says: ${warning}`);
  if (heartbeat?.state === 'fault') warnings.push(`the heartbeat is in fault: ${heartbeat.sentence}`);
  for (const { name, pid } of observed.seeded ? observed.openvpn : []) {
    if (pid === undefined) warnings.push(`OpenVPN (${name}) does not answer on this node`);
  }
  warnings.push(...(observed.endingCertificates ?? []));
  if (peer !== undefined && role === 'active' && copy?.protected !== true) {
    warnings.push(
      observed.protection === 'require'
        ? `changes are REFUSED, because protection is required: ${copy?.sentence ?? 'no connection'}`
        : `changes are on this node only: ${copy?.sentence ?? 'no connection'}`,
    );
  }
  if (peer !== undefined && role === 'active' && observed.readiness?.ready === false)
    warnings.push(standbyInWords(observed));
  if (peer !== undefined && observed.mayLackChanges === true)
    warnings.push(
      `${node.name} became active without having been in step with ${peer.name}: it may lack changes that only ${peer.name} has. When ${peer.name} comes with a newer copy it is handed the role, unless something is changed here before; then what only ${peer.name} has is put into its quarantine`,
    );
  if (observed.following?.connected === false) warnings.push(observed.following.sentence);
  for (const one of observed.followers) {
    if (role === 'active' && !one.connected && one.lastHeardAt !== undefined) warnings.push(one.sentence);
  }
  if (observed.verification?.result === 'different') warnings.push(observed.verification.sentence);
  else if (observed.damaged !== undefined) warnings.push(observed.damaged);
  else if (observed.incident?.kept !== undefined)
    warnings.push(
      `a bad copy was replaced on ${node.name} (${observed.incident.sentence}); it is kept in ${observed.incident.kept}: look at it, then remove that folder`,
    );
  if (observed.undecided > 0) {
    warnings.push(
      `${observed.undecided} change(s) that only ${node.name} had lie in quarantine: tandem replica divergence list`,
    );
  }
  if (role === 'active' && heartbeat !== undefined && !holdsAddress(observed))
    warnings.push('this node is active without holding the virtual address');
  return warnings;
}
