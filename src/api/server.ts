import { chmodSync, rmSync } from 'node:fs';
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import type { Node } from '../pair/node.ts';
import { answerErrors } from './errors.ts';
import { groupRoutes } from './routes/groups.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { pairRoutes } from './routes/pair.ts';
import { replicaRoutes } from './routes/replica.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { settingsRoutes } from './routes/settings.ts';
import { statusRoutes } from './routes/status.ts';
import { userRoutes } from './routes/users.ts';

const largestBodyBytes = 1024 * 1024;

/**
 * The API on the node's unix socket. Who can open the socket (root and the group `tandem`) may do everything; the name
 * that a request gives for its sender goes into the journal.
 */
export async function listenOnSocket(node: Node, socketPath: string, log: Logger): Promise<FastifyInstance> {
  const loggerInstance: FastifyBaseLogger = log.child({ part: 'api' }, { level: 'warn' });
  const app = Fastify({ loggerInstance, bodyLimit: largestBodyBytes });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  answerErrors(app);
  metricsRoutes(app, node);
  await app.register(
    async (v1) => {
      statusRoutes(v1, node);
      userRoutes(v1, node);
      groupRoutes(v1, node);
      settingsRoutes(v1, node);
      sessionRoutes(v1, node);
      pairRoutes(v1, node);
      replicaRoutes(v1, node);
    },
    { prefix: '/api/v1' },
  );
  rmSync(socketPath, { force: true });
  await app.listen({ path: socketPath });
  chmodSync(socketPath, 0o660);
  return app;
}
