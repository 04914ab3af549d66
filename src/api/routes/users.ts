import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { UserWithProfiles } from '../../accounts/users.ts';
import type { Node } from '../../pair/node.ts';
import { actorOf } from '../actor.ts';
import { profileAnswerSchema, type UserView, userListSchema, writeAnswerSchema } from '../contract.ts';

const newUserSchema = z.strictObject({ name: z.string().max(64), password: z.string().max(4_096) });
const userParams = z.object({ user: z.string().max(64) });
const profileSchema = z.strictObject({ name: z.string().max(64) });

export function userRoutes(instance: FastifyInstance, node: Node): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.get('/users', { schema: { response: { 200: userListSchema } } }, () => ({
    users: node.users.list().map(presentUser),
  }));

  app.post(
    '/users',
    { schema: { body: newUserSchema, response: { 200: writeAnswerSchema } } },
    async (request) => presentWritten(await node.users.add(actorOf(request), request.body)),
  );

  app.delete(
    '/users/:user',
    { schema: { params: userParams, response: { 200: writeAnswerSchema } } },
    async (request) => presentWritten(await node.users.remove(actorOf(request), request.params.user)),
  );

  app.post(
    '/users/:user/profiles',
    { schema: { params: userParams, body: profileSchema, response: { 200: profileAnswerSchema } } },
    async (request) => {
      const answer = await node.profiles.get(actorOf(request), request.params.user, request.body.name);
      return {
        protected: answer.protected,
        commonName: answer.profile.commonName,
        vpnAddress: answer.profile.vpnAddress,
        profile: answer.profile.text,
      };
    },
  );
}

/** Names each field that leaves: a password hash never does. */
function presentUser(user: UserWithProfiles): UserView {
  return {
    name: user.name,
    blocked: user.blocked,
    createdAt: new Date(user.createdAt).toISOString(),
    profiles: user.profiles.map(({ name, vpnAddress }) => ({ name, vpnAddress: vpnAddress ?? null })),
  };
}

function presentWritten(written: { protected: boolean }): { protected: boolean } {
  return { protected: written.protected };
}
