import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ConnectedClient } from '../../core/openvpn/connected-client.ts';
import { adviceOn } from '../../core/openvpn/known-holes.ts';
import type { Node } from '../../pair/node.ts';
import { sessionPolicy } from '../policies/sessions.ts';
import { isoTime } from '../properties.ts';
import {
  disconnectAnswerSchema,
  disconnectSchema,
  type SessionView,
  sessionListSchema,
} from '../session-contract.ts';

const params = z.object({ id: z.string().max(64) });
const userParams = z.object({ user: z.string().max(64) });

export function sessionRoutes(instance: FastifyInstance, node: Node): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.get(
    '/sessions',
    { config: { policy: sessionPolicy.list }, schema: { response: { 200: sessionListSchema } } },
    () => ({
      from: node.serves ? ('here' as const) : ('peer' as const),
      sessions: node.sessions().map(presentSession),
    }),
  );

  app.post(
    '/sessions/:id/disconnect',
    {
      config: { policy: sessionPolicy.disconnect },
      schema: { params, body: disconnectSchema, response: { 200: disconnectAnswerSchema } },
    },
    async (request) => ({
      disconnected: await node.disconnect((one) => one.id === request.params.id, request.body.reason),
    }),
  );

  app.post(
    '/users/:user/disconnect',
    {
      config: { policy: sessionPolicy.disconnect },
      schema: { params: userParams, body: disconnectSchema, response: { 200: disconnectAnswerSchema } },
    },
    async (request) => ({
      disconnected: await node.disconnect((one) => one.user === request.params.user, request.body.reason),
    }),
  );
}

export function presentSession(client: ConnectedClient): SessionView {
  const { id, user, profile, process, realAddress, realPort, vpnAddress } = client;
  return {
    ...{ id, user, profile, process, realAddress, realPort, vpnAddress },
    since: isoTime(client.sinceSeconds * 1_000),
    bytesReceived: client.bytesReceived ?? null,
    bytesSent: client.bytesSent ?? null,
    clientVersion: client.clientVersion ?? null,
    clientPlatform: client.clientPlatform ?? null,
    advice: adviceOn('client', client.clientVersion) ?? null,
  };
}
