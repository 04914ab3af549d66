import type { FastifyInstance } from 'fastify';
import type { Node } from '../../pair/node.ts';
import { holdsAddress, type Observed, sentenceOf, warningsOf } from '../../pair/status.ts';
import { type StatusView, statusSchema } from '../contract.ts';

export function statusRoutes(app: FastifyInstance, node: Node): void {
  app.get('/status', { schema: { response: { 200: statusSchema } } }, async () =>
    presentStatus(await node.observe()),
  );
}

function presentStatus(observed: Observed): StatusView {
  const { node, position, copy, peer, openvpn } = observed;
  return {
    node: node.name,
    address: node.address,
    role: observed.role,
    since: observed.since.toISOString(),
    epoch: position.epoch,
    position,
    protected: copy?.protected ?? false,
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
            sentence: copy.sentence,
          },
    openvpn: [
      { protocol: openvpn.protocol, port: openvpn.port, clients: openvpn.clients, pid: openvpn.pid ?? null },
    ],
    sentence: sentenceOf(observed),
    warnings: warningsOf(observed),
    at: observed.at.toISOString(),
  };
}
