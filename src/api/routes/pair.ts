import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Node } from '../../pair/node.ts';
import { pairingAnswerSchema, pairingRequestSchema } from '../../pair/pairing-contract.ts';
import { actorOf } from '../actor.ts';
import { failoverAnswerSchema, failoverRequestSchema, switchoverAnswerSchema } from '../contract.ts';
import { pairPolicy } from '../policies/pair.ts';

export function pairRoutes(instance: FastifyInstance, node: Node): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.post(
    '/switchover',
    { config: { policy: pairPolicy.switchOver }, schema: { response: { 200: switchoverAnswerSchema } } },
    () => node.switchOver(),
  );

  app.post(
    '/failover',
    {
      config: { policy: pairPolicy.make },
      schema: { body: failoverRequestSchema, response: { 200: failoverAnswerSchema } },
    },
    (request) => node.makePair(actorOf(request), request.body),
  );

  // On the second node, called by the primary over SSH.
  app.post(
    '/pairing',
    {
      config: { policy: pairPolicy.accept },
      schema: { body: pairingRequestSchema, response: { 200: pairingAnswerSchema } },
    },
    (request) => node.acceptPairing(request.body),
  );
}
