import { chmodSync, rmSync } from 'node:fs';
import cookie from '@fastify/cookie';
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Node } from '../pair/node.ts';
import type { Live } from './live/live.ts';
import { mountApi } from './mount.ts';
import type { Principal } from './principal.ts';

const largestBodyBytes = 1024 * 1024;

const whoeverOpensTheSocket: Principal = {
  name: 'root',
  role: 'administrator',
  via: 'cli',
  scopes: undefined,
  session: undefined,
};

/**
 * The API on the node's unix socket. Who can open the socket (root and the group `tandem`) may do everything; the name
 * that a request gives for its sender goes into the journal.
 */
export async function listenOnSocket(
  node: Node,
  live: Live,
  socketPath: string,
  log: Logger,
): Promise<FastifyInstance> {
  const loggerInstance: FastifyBaseLogger = log.child({ part: 'api' }, { level: 'warn' });
  const app = Fastify({ loggerInstance, bodyLimit: largestBodyBytes });
  await app.register(cookie);
  await mountApi(app, { node, live, identify: () => whoeverOpensTheSocket });
  rmSync(socketPath, { force: true });
  await app.listen({ path: socketPath });
  chmodSync(socketPath, 0o660);
  return app;
}
