import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { toString as drawQrCode } from 'qrcode';
import { z } from 'zod';
import type { Node } from '../../pair/node.ts';
import { actorOf } from '../actor.ts';
import { profileAnswerSchema, userSchema, writeAnswerSchema } from '../contract.ts';
import { openSession } from '../https/open-session.ts';
import { PendingKeys } from '../https/pending-keys.ts';
import { portalPolicy } from '../policies/portal.ts';
import { requirePrincipal } from '../principal.ts';
import { disconnectAnswerSchema, sessionListSchema } from '../session-contract.ts';
import { sessionSchema } from '../web-session-contract.ts';
import { presentSession } from './sessions.ts';
import { presentUser } from './users.ts';

const secret = z.string().min(1).max(4_096);
const passwordSchema = z.strictObject({ current: secret, password: secret });
const profileSchema = z.strictObject({ name: z.string().min(1).max(64).default('default') });
const beginSchema = z.strictObject({ current: secret });
const confirmSchema = z.strictObject({ code: z.string().min(6).max(16) });
const keySchema = z.object({ key: z.string(), uri: z.string(), qr: z.string() });
const params = z.object({ id: z.string().max(64) });
const profileParams = z.object({ profile: z.string().max(64) });

/** Attempts a minute from one address, where a password is asked again. */
const confirmRate = { max: 20, timeWindow: 60_000 };

/** What people do for themselves. Every route speaks of whoever is signed in and of nobody else. */
export function portalRoutes(instance: FastifyInstance, node: Node): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const pending = new PendingKeys();

  app.get(
    '/me',
    { config: { policy: portalPolicy.look }, schema: { response: { 200: userSchema } } },
    (request) => presentUser(node.users.show(requirePrincipal(request).name), new Date()),
  );

  // A new password ends every session, this one too: the answer opens the next.
  app.post(
    '/me/password',
    {
      config: { policy: portalPolicy.password, rateLimit: confirmRate },
      schema: { body: passwordSchema, response: { 200: sessionSchema } },
    },
    async (request, reply) => {
      const { name } = requirePrincipal(request);
      await node.web.signIn.confirm(name, request.body.current);
      await node.users.setPassword(actorOf(request), name, request.body.password);
      return openSession(node, node.users.show(name), request, reply);
    },
  );

  app.post(
    '/me/profiles',
    {
      config: { policy: portalPolicy.profile },
      schema: { body: profileSchema, response: { 200: profileAnswerSchema } },
    },
    async (request) => {
      const { name } = requirePrincipal(request);
      const answer = await node.profiles.get(actorOf(request), name, request.body.name);
      const { commonName, vpnAddress, text } = answer.profile;
      return { protected: answer.protected, commonName, vpnAddress, profile: text };
    },
  );

  app.delete(
    '/me/profiles/:profile',
    {
      config: { policy: portalPolicy.profile },
      schema: { params: profileParams, response: { 200: writeAnswerSchema } },
    },
    async (request) => {
      const { name } = requirePrincipal(request);
      const written = await node.profiles.revoke(actorOf(request), name, request.params.profile);
      return { protected: written.protected };
    },
  );

  app.post(
    '/me/one-time-code/begin',
    {
      config: { policy: portalPolicy.oneTimeCode, rateLimit: confirmRate },
      schema: { body: beginSchema, response: { 200: keySchema } },
    },
    async (request) => {
      const { name } = requirePrincipal(request);
      await node.web.signIn.confirm(name, request.body.current);
      const { key, uri } = pending.begin(name);
      const drawing = await drawQrCode(uri, { type: 'svg' });
      return { key, uri, qr: `data:image/svg+xml;base64,${Buffer.from(drawing).toString('base64')}` };
    },
  );

  // Only a code from the new key shows that the app has it.
  app.post(
    '/me/one-time-code/confirm',
    {
      config: { policy: portalPolicy.oneTimeCode, rateLimit: confirmRate },
      schema: { body: confirmSchema, response: { 200: writeAnswerSchema } },
    },
    async (request) => {
      const { name } = requirePrincipal(request);
      const { key, step } = pending.confirm(name, request.body.code);
      const written = await node.users.setOneTimeKey(actorOf(request), name, key, step);
      return { protected: written.protected };
    },
  );

  app.get(
    '/me/sessions',
    { config: { policy: portalPolicy.sessions }, schema: { response: { 200: sessionListSchema } } },
    (request) => {
      const { name } = requirePrincipal(request);
      const own = node.sessions().filter(({ user }) => user === name);
      return { from: node.serves ? ('here' as const) : ('peer' as const), sessions: own.map(presentSession) };
    },
  );

  app.post(
    '/me/sessions/:id/disconnect',
    {
      config: { policy: portalPolicy.sessions },
      schema: { params, response: { 200: disconnectAnswerSchema } },
    },
    async (request) => {
      const { name } = requirePrincipal(request);
      const disconnected = await node.disconnect(
        ({ id, user }) => id === request.params.id && user === name,
        'ended by the user',
      );
      return { disconnected };
    },
  );
}
