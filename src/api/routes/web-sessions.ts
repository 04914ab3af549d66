import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Node } from '../../pair/node.ts';
import type { WebSession } from '../../store/web-session/web-session.ts';
import { actorOf } from '../actor.ts';
import { sessionCookie } from '../https/identify.ts';
import { cookiePlace, openSession } from '../https/open-session.ts';
import { Tickets } from '../https/tickets.ts';
import { webSessionPolicy } from '../policies/web-sessions.ts';
import { requirePrincipal } from '../principal.ts';
import {
  type SessionView,
  sessionSchema,
  type WebSessionView,
  webSessionListSchema,
} from '../web-session-contract.ts';

const signInSchema = z.strictObject({
  user: z.string().min(1).max(64),
  password: z.string().min(1).max(4_096),
  code: z.string().max(16).optional(),
});
const idParams = z.object({ id: z.string().max(64) });
const ticketSchema = z.object({ ticket: z.string().max(128) });
const emptySchema = z.object({});

/** Attempts a minute from one address; beside it each account has its own lockout. */
const signInRate = { max: 20, timeWindow: 60_000 };

const nobody: SessionView = { user: null, role: null, csrf: null, expiresAt: null };

/** Signing in and out, and who is signed in where. */
export function webSessionRoutes(instance: FastifyInstance, node: Node): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const tickets = new Tickets();

  const open = (name: string, request: FastifyRequest, reply: FastifyReply): Promise<SessionView> =>
    openSession(node, node.users.show(name), request, reply);

  app.get(
    '/session',
    { config: { policy: webSessionPolicy.look }, schema: { response: { 200: sessionSchema } } },
    ({ principal }) => {
      if (principal === undefined) return nobody;
      const { name: user, role, session } = principal;
      if (session === undefined) return { user, role, csrf: null, expiresAt: null };
      return { user, role, csrf: session.csrf, expiresAt: new Date(session.expiresAt).toISOString() };
    },
  );

  app.post(
    '/session',
    {
      config: { policy: webSessionPolicy.signIn, rateLimit: signInRate },
      schema: { body: signInSchema, response: { 200: sessionSchema } },
    },
    async (request, reply) => {
      const { user, password, code } = request.body;
      await node.web.signIn.check(user, password, code);
      return open(user, request, reply);
    },
  );

  app.delete(
    '/session',
    { config: { policy: webSessionPolicy.signOut }, schema: { response: { 200: sessionSchema } } },
    async (request, reply) => {
      const session = request.principal?.session;
      void reply.clearCookie(sessionCookie, cookiePlace);
      if (session !== undefined) await node.web.sessions.close(actorOf(request), session.id);
      return nobody;
    },
  );

  // A cookie belongs to one address; a ticket takes the session along to another address of the same pair.
  app.post(
    '/session/ticket',
    { config: { policy: webSessionPolicy.ticket }, schema: { response: { 200: ticketSchema } } },
    (request) => ({ ticket: tickets.issue(requirePrincipal(request).name) }),
  );

  app.post(
    '/session/redeem',
    {
      config: { policy: webSessionPolicy.redeem, rateLimit: signInRate },
      schema: { body: ticketSchema, response: { 200: sessionSchema } },
    },
    (request, reply) => open(tickets.redeem(request.body.ticket), request, reply),
  );

  app.get(
    '/web-sessions',
    { config: { policy: webSessionPolicy.listAll }, schema: { response: { 200: webSessionListSchema } } },
    (request) => ({ sessions: node.web.sessions.list().map((one) => present(one, request)) }),
  );

  app.delete(
    '/web-sessions/:id',
    {
      config: { policy: webSessionPolicy.endAny },
      schema: { params: idParams, response: { 200: emptySchema } },
    },
    async (request) => {
      await node.web.sessions.close(actorOf(request), request.params.id);
      return {};
    },
  );

  app.get(
    '/me/web-sessions',
    { config: { policy: webSessionPolicy.listOwn }, schema: { response: { 200: webSessionListSchema } } },
    (request) => ({
      sessions: node.web.sessions.list(requirePrincipal(request).name).map((one) => present(one, request)),
    }),
  );

  app.delete(
    '/me/web-sessions/:id',
    {
      config: { policy: webSessionPolicy.endOwn },
      schema: { params: idParams, response: { 200: emptySchema } },
    },
    async (request) => {
      await node.web.sessions.close(actorOf(request), request.params.id, requirePrincipal(request).name);
      return {};
    },
  );
}

function present(session: WebSession, request: FastifyRequest): WebSessionView {
  return {
    id: session.id,
    user: session.userName,
    openedAt: new Date(session.createdAt).toISOString(),
    expiresAt: new Date(session.expiresAt).toISOString(),
    address: session.address,
    agent: session.agent,
    current: session.id === request.principal?.session?.id,
  };
}
