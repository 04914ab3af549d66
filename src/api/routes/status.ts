import type { FastifyInstance } from 'fastify';
import type { Node } from '../../pair/node.ts';
import {
  adviceOf,
  holdsAddress,
  type Observed,
  sentenceOf,
  standbyInWords,
  warningsOf,
} from '../../pair/status.ts';
import { type StatusView, statusSchema, type VerificationView, verificationSchema } from '../contract.ts';
import { replicaPolicy } from '../policies/replica.ts';
import { statusPolicy } from '../policies/status.ts';
import { presentFollower, presentFollowing } from './followers.ts';

export function statusRoutes(app: FastifyInstance, node: Node): void {
  app.get(
    '/status',
    { config: { policy: statusPolicy.read }, schema: { response: { 200: statusSchema } } },
    async () => presentStatus(await node.observe()),
  );

  app.post(
    '/replica/verify',
    { config: { policy: replicaPolicy.verify }, schema: { response: { 200: verificationSchema } } },
    async () => presentOutcome(await node.verify()),
  );
}

function presentOutcome(outcome: NonNullable<Observed['verification']>): VerificationView {
  return {
    at: new Date(outcome.atMs).toISOString(),
    result: outcome.result,
    position: outcome.position ?? null,
    sentence: outcome.sentence,
  };
}

function isoTime(milliseconds: number | undefined): string | null {
  return milliseconds === undefined ? null : new Date(milliseconds).toISOString();
}

export function presentStatus(observed: Observed): StatusView {
  const { node, position, copy, peer, openvpn } = observed;
  return {
    node: node.name,
    address: node.address,
    role: node.start === 'follower' ? 'follower' : observed.role,
    since: observed.since.toISOString(),
    epoch: position.epoch,
    position,
    protected: copy?.protected ?? false,
    protection: observed.protection,
    virtualAddress:
      observed.virtualAddress === undefined
        ? null
        : { address: observed.virtualAddress, held: holdsAddress(observed) },
    heartbeat: observed.heartbeat ?? null,
    peer:
      peer === undefined || copy === undefined
        ? null
        : {
            name: peer.name,
            address: peer.address,
            connected: copy.connected,
            position: copy.position ?? null,
            lagEntries: copy.lagEntries ?? null,
            lagMs: copy.lagMs ?? null,
            unsentBytes: copy.unsentBytes ?? null,
            copying: copy.copying ?? null,
            protectedSince: isoTime(copy.protectedSince),
            version: copy.product ?? null,
            ready: observed.readiness?.ready ?? null,
            readiness: standbyInWords(observed),
            sentence: copy.sentence,
          },
    followers: observed.followers.map(presentFollower),
    following: observed.following === undefined ? null : presentFollowing(observed.following),
    verification: observed.verification === undefined ? null : presentOutcome(observed.verification),
    openvpn: openvpn.map(({ name, protocol, port, clients, pid, version }) => ({
      ...{ name, protocol, port, clients },
      pid: pid ?? null,
      version: version ?? null,
    })),
    sentence: sentenceOf(observed),
    warnings: warningsOf(observed),
    advice: adviceOf(observed),
    at: observed.at.toISOString(),
  };
}
