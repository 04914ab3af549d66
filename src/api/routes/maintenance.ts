import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Node } from '../../pair/node.ts';
import { maintenanceAnswerSchema } from '../maintenance-contract.ts';
import { pairPolicy } from '../policies/pair.ts';

const wishSchema = z.strictObject({ on: z.boolean() });

/** Whether the node that answers is in maintenance is in its heartbeat's status. */
export function maintenanceRoutes(instance: FastifyInstance, node: Node): void {
  instance.withTypeProvider<ZodTypeProvider>().put(
    '/maintenance',
    {
      config: { policy: pairPolicy.switchOver },
      schema: { body: wishSchema, response: { 200: maintenanceAnswerSchema } },
    },
    (request) => node.setMaintenance(request.body.on),
  );
}
