import type { FastifyInstance } from 'fastify';
import type { Node } from '../../pair/node.ts';
import { Metrics } from '../metrics.ts';
import { metricsPolicy } from '../policies/metrics.ts';

/** `GET /metrics`, as Prometheus asks for it. */
export function metricsRoutes(app: FastifyInstance, node: Node): void {
  const metrics = new Metrics();
  app.get(
    '/metrics',
    { config: { policy: metricsPolicy.read }, schema: { hide: true } },
    async (_request, reply) => {
      const text = await metrics.text(await node.observe(), node.productVersion);
      return reply.type(metrics.contentType).send(text);
    },
  );
}
