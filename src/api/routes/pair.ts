import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Node } from '../../pair/node.ts';
import { pairingAnswerSchema, pairingRequestSchema } from '../../pair/pairing-contract.ts';
import { actorOf } from '../actor.ts';
import { switchoverAnswerSchema } from '../contract.ts';
import {
  failoverAnswerSchema,
  failoverRequestSchema,
  unpairAnswerSchema,
  unpairQuerySchema,
} from '../failover-contract.ts';
import { pairPolicy } from '../policies/pair.ts';

export function pairRoutes(instance: FastifyInstance, node: Node): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.post(
    '/switchover',
    { config: { policy: pairPolicy.switchOver }, schema: { response: { 200: switchoverAnswerSchema } } },
    () => node.switchOver(),
  );

  // On a node that waits because its copy may lack changes.
  app.post(
    '/failover/claim',
    { config: { policy: pairPolicy.switchOver }, schema: { response: { 200: z.object({}) } } },
    async () => {
      await node.succession.claim();
      return {};
    },
  );

  app.post(
    '/failover',
    {
      config: { policy: pairPolicy.make },
      schema: { body: failoverRequestSchema, response: { 200: failoverAnswerSchema } },
    },
    (request) => node.pairing.make(actorOf(request), request.body),
  );

  app.delete(
    '/failover',
    {
      config: { policy: pairPolicy.unmake },
      schema: { querystring: unpairQuerySchema, response: { 200: unpairAnswerSchema } },
    },
    (request) => node.pairing.unmake(actorOf(request), request.query.peerGone),
  );

  // On the second node, called by the primary over SSH: the pair was not made after all.
  app.post(
    '/pairing/forget',
    { config: { policy: pairPolicy.accept }, schema: { response: { 200: z.object({}) } } },
    async () => {
      await node.pairing.forget();
      return {};
    },
  );

  // On the second node, called by the primary over SSH.
  app.post(
    '/pairing',
    {
      config: { policy: pairPolicy.accept },
      schema: { body: pairingRequestSchema, response: { 200: pairingAnswerSchema } },
    },
    (request) => node.pairing.accept(request.body),
  );
}
