import { createServer, type Server } from 'node:https';
import { fileURLToPath } from 'node:url';
import cookie from '@fastify/cookie';
import rateLimit from '@fastify/rate-limit';
import swaggerUi from '@fastify/swagger-ui';
import Fastify, { type FastifyBaseLogger } from 'fastify';
import type { Logger } from 'pino';
import { TandemError } from '../../core/errors.ts';
import type { Node } from '../../pair/node.ts';
import type { Privileged } from '../../privileged/privileged.ts';
import type { Live } from '../live/live.ts';
import { mountApi } from '../mount.ts';
import { ServedCertificate } from './certificate.ts';
import { careful, documentationPolicy } from './headers.ts';
import { identifyOverHttps } from './identify.ts';
import { Listeners } from './listener.ts';
import { servePages } from './pages.ts';

const builtPages = fileURLToPath(new URL('../../../web/dist', import.meta.url));

/** Requests a minute from one address, over everything; signing in has a lower limit of its own. */
const requestsPerMinute = 3_000;
const requestTimeoutMs = 120_000;

export interface HttpsParts {
  readonly node: Node;
  readonly live: Live;
  readonly privileged: Privileged;
  readonly log: Logger;
  /** Of the built pages, in a test. */
  readonly pages?: string;
}

/** The same API as on the socket, for browsers and programs elsewhere, with the pages beside it. TLS always. */
export async function listenOnHttps(parts: HttpsParts): Promise<{ close: () => Promise<void> }> {
  const { node, privileged } = parts;
  const log = parts.log.child({ part: 'https' });
  const https = createServer({ minVersion: 'TLSv1.2', requestTimeout: requestTimeoutMs });
  const app = await httpsApp(parts, https);
  await app.ready();

  const certificate = new ServedCertificate(node, log, ({ certificatePem, privateKeyPem }) =>
    https.setSecureContext({ cert: certificatePem, key: privateKeyPem, minVersion: 'TLSv1.2' }),
  );
  await certificate.start();
  const listeners = new Listeners(https, privileged, log);
  const follow = (): void => void listeners.follow(node.web.addresses(), node.web.port);
  const stopListening = node.store.onChange(({ cause, tables }) => {
    if (cause === 'replace' || tables.includes('setting')) follow();
  });
  node.web.onRole(() => certificate.follow());
  follow();
  return {
    close: async () => {
      stopListening();
      certificate.stop();
      listeners.close();
      https.closeAllConnections();
      await app.close();
    },
  };
}

/** Everything but the listening: routes, headers, limits, pages. */
async function httpsApp(
  { node, live, log, pages }: Pick<HttpsParts, 'node' | 'live' | 'log' | 'pages'>,
  https: Server,
): Promise<ReturnType<typeof Fastify>> {
  const loggerInstance: FastifyBaseLogger = log.child({ part: 'https' }, { level: 'warn' });
  const app = Fastify({
    loggerInstance,
    bodyLimit: 1024 * 1024,
    serverFactory: (handler) => https.on('request', handler),
  });
  await app.register(cookie);
  await careful(app);
  await app.register(rateLimit, {
    max: requestsPerMinute,
    timeWindow: 60_000,
    errorResponseBuilder: (_request, context) =>
      new TandemError({
        code: 'api.too-many-requests',
        culprit: 'caller',
        message: 'Too many requests from this address.',
        hint: `Try again in ${Math.ceil(context.ttl / 1000)} s`,
      }),
  });
  await mountApi(app, { node, live, identify: identifyOverHttps(node) });
  await app.register(swaggerUi, {
    routePrefix: '/api/docs',
    uiConfig: { url: '/api/v1/openapi.json', deepLinking: true, validatorUrl: null },
    // The description is read from where it is; nothing is loaded from elsewhere.
    staticCSP: documentationPolicy,
  });
  await servePages(app, pages ?? builtPages);
  return app;
}
