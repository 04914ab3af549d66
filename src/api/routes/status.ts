import type { FastifyInstance } from 'fastify';
import type { Node } from '../../pair/node.ts';
import { statusSchema } from '../contract.ts';

export function statusRoutes(app: FastifyInstance, node: Node): void {
  app.get('/status', { schema: { response: { 200: statusSchema } } }, () => node.status());
}
