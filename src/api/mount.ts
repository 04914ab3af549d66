import type { FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { Node } from '../pair/node.ts';
import { authorise, type Identify } from './authorise.ts';
import { describeApi, descriptionRoute } from './description.ts';
import { answerErrors } from './errors.ts';
import type { Live } from './live/live.ts';
import { backupRoutes } from './routes/backup.ts';
import { eventRoutes } from './routes/events.ts';
import { failoverRoutes } from './routes/failover.ts';
import { followerRoutes } from './routes/followers.ts';
import { groupRoutes } from './routes/groups.ts';
import { linkRoutes } from './routes/links.ts';
import { maintenanceRoutes } from './routes/maintenance.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { overviewRoutes } from './routes/overview.ts';
import { pairRoutes } from './routes/pair.ts';
import { portalRoutes } from './routes/portal.ts';
import { replicaRoutes } from './routes/replica.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { settingsRoutes } from './routes/settings.ts';
import { statusRoutes } from './routes/status.ts';
import { tokenRoutes } from './routes/tokens.ts';
import { userBulkRoutes } from './routes/user-bulk.ts';
import { userRoutes } from './routes/users.ts';
import { webCertificateRoutes } from './routes/web-certificate.ts';
import { webSessionRoutes } from './routes/web-sessions.ts';

/** Every route of the API, with its shapes, its policies and its errors; the same on the socket and over TLS. */
export async function mountApi(
  app: FastifyInstance,
  parts: { readonly node: Node; readonly live: Live; readonly identify: Identify },
): Promise<void> {
  const { node, live } = parts;
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  answerErrors(app, () => node.web.activeNode());
  authorise(app, parts.identify);
  await describeApi(app, node.productVersion);
  metricsRoutes(app, node);
  await app.register(
    async (v1) => {
      descriptionRoute(v1);
      statusRoutes(v1, node);
      overviewRoutes(v1, node, live);
      eventRoutes(v1, live, parts.identify);
      webSessionRoutes(v1, node);
      webCertificateRoutes(v1, node);
      tokenRoutes(v1, node);
      userRoutes(v1, node);
      userBulkRoutes(v1, node);
      linkRoutes(v1, node);
      portalRoutes(v1, node);
      groupRoutes(v1, node);
      settingsRoutes(v1, node);
      sessionRoutes(v1, node);
      pairRoutes(v1, node);
      maintenanceRoutes(v1, node);
      failoverRoutes(v1, node);
      replicaRoutes(v1, node);
      followerRoutes(v1, node);
      await v1.register(async (bytes) => backupRoutes(bytes, node));
    },
    { prefix: '/api/v1' },
  );
}
