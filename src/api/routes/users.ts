import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { StandingUser } from '../../accounts/standing.ts';
import type { UserWithProfiles } from '../../accounts/users.ts';
import { isExpired } from '../../core/accounts/standing.ts';
import type { Node } from '../../pair/node.ts';
import { actorOf } from '../actor.ts';
import {
  genericProfileAnswerSchema,
  oneTimeKeyAnswerSchema,
  profileAnswerSchema,
  type UserView,
  userChangesSchema,
  userListSchema,
  userSchema,
  writeAnswerSchema,
} from '../contract.ts';
import { userPolicy } from '../policies/users.ts';
import { roleOf } from '../principal.ts';
import { isoTime, presentProperties, readPropertyChanges } from '../properties.ts';

const newUserSchema = z.strictObject({ name: z.string().max(64), password: z.string().max(4_096) });
const listQuery = z.object({
  search: z.string().max(64).default(''),
  group: z.string().max(64).optional(),
  state: z.enum(['all', 'active', 'blocked', 'expired', 'locked-out']).default('all'),
  offset: z.coerce.number().int().min(0).default(0),
  /** Without it the list is whole. */
  limit: z.coerce.number().int().min(1).max(1_000).optional(),
});
const userParams = z.object({ user: z.string().max(64) });
const profileParams = z.object({ user: z.string().max(64), profile: z.string().max(64) });
const passwordSchema = z.strictObject({ password: z.string().max(4_096) });
const oneTimeCodeSchema = z.strictObject({ renew: z.boolean() });
const profileSchema = z.strictObject({
  name: z.string().max(64),
  kind: z.enum(['user-locked', 'auto-login']).optional(),
  /** A new certificate now; the one given out before works until its own end. */
  renew: z.boolean().optional(),
});

const genericSchema = z.strictObject({ renew: z.boolean().optional() });

export function userRoutes(instance: FastifyInstance, node: Node): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.get(
    '/users',
    {
      config: { policy: userPolicy.list },
      schema: { querystring: listQuery, response: { 200: userListSchema } },
    },
    (request) => {
      const { search, group, state, offset, limit } = request.query;
      const now = new Date();
      const fits = (user: StandingUser): boolean =>
        user.name.includes(search) &&
        (group === undefined || (user.group ?? 'default') === group) &&
        (state === 'all' || stateOf(user, now.getTime()) === state);
      const { users, total } = node.users.page({ fits, offset, limit });
      return { users: users.map((user) => presentUser(user, now)), total };
    },
  );

  app.get(
    '/users/:user',
    { config: { policy: userPolicy.show }, schema: { params: userParams, response: { 200: userSchema } } },
    (request) => presentUser(node.users.show(request.params.user), new Date()),
  );

  app.post(
    '/users',
    {
      config: { policy: userPolicy.add },
      schema: { body: newUserSchema, response: { 200: writeAnswerSchema } },
    },
    async (request) => presentWritten(await node.users.add(actorOf(request), request.body)),
  );

  app.delete(
    '/users/:user',
    {
      config: { policy: userPolicy.remove },
      schema: { params: userParams, response: { 200: writeAnswerSchema } },
    },
    async (request) => presentWritten(await node.users.remove(actorOf(request), request.params.user)),
  );

  app.patch(
    '/users/:user',
    {
      config: { policy: userPolicy.change },
      schema: { params: userParams, body: userChangesSchema, response: { 200: writeAnswerSchema } },
    },
    async (request) => {
      const wishes = readPropertyChanges(request.body);
      return presentWritten(await node.users.set(actorOf(request), request.params.user, wishes));
    },
  );

  for (const [path, blocked] of [
    ['block', true],
    ['unblock', false],
  ] as const) {
    app.post(
      `/users/:user/${path}`,
      {
        config: { policy: userPolicy.block },
        schema: { params: userParams, response: { 200: writeAnswerSchema } },
      },
      async (request) =>
        presentWritten(await node.users.setBlocked(actorOf(request), request.params.user, blocked)),
    );
  }

  app.put(
    '/users/:user/password',
    {
      config: { policy: userPolicy.setPassword },
      schema: { params: userParams, body: passwordSchema, response: { 200: writeAnswerSchema } },
    },
    async (request) =>
      presentWritten(
        await node.users.setPassword(actorOf(request), request.params.user, request.body.password),
      ),
  );

  app.post(
    '/users/:user/one-time-code',
    {
      config: { policy: userPolicy.oneTimeCode },
      schema: { params: userParams, body: oneTimeCodeSchema, response: { 200: oneTimeKeyAnswerSchema } },
    },
    (request) => node.users.oneTimeKey(actorOf(request), request.params.user, request.body.renew),
  );

  app.delete(
    '/users/:user/one-time-code',
    {
      config: { policy: userPolicy.oneTimeCode },
      schema: { params: userParams, response: { 200: writeAnswerSchema } },
    },
    async (request) =>
      presentWritten(await node.users.removeOneTimeKey(actorOf(request), request.params.user)),
  );

  app.delete(
    '/users/:user/profiles/:profile',
    {
      config: { policy: userPolicy.revokeProfile },
      schema: { params: profileParams, response: { 200: writeAnswerSchema } },
    },
    async (request) => {
      const { user, profile } = request.params;
      return presentWritten(await node.profiles.revoke(actorOf(request), user, profile));
    },
  );

  // The one for every user.
  app.post(
    '/profiles/generic',
    {
      config: { policy: userPolicy.getProfile },
      schema: { body: genericSchema, response: { 200: genericProfileAnswerSchema } },
    },
    async (request) => {
      const answer = await node.profiles.generic.get(actorOf(request), request.body.renew);
      return { protected: answer.protected, profile: answer.text };
    },
  );

  app.delete(
    '/profiles/generic',
    { config: { policy: userPolicy.revokeProfile }, schema: { response: { 200: writeAnswerSchema } } },
    async (request) => presentWritten(await node.profiles.generic.revoke(actorOf(request))),
  );

  app.post(
    '/users/:user/profiles',
    {
      config: { policy: userPolicy.getProfile },
      schema: { params: userParams, body: profileSchema, response: { 200: profileAnswerSchema } },
    },
    async (request) => {
      const answer = await node.profiles.get(
        actorOf(request),
        request.params.user,
        request.body.name,
        request.body.kind,
        request.body.renew,
      );
      return {
        protected: answer.protected,
        commonName: answer.profile.commonName,
        vpnAddress: answer.profile.vpnAddress,
        profile: answer.profile.text,
      };
    },
  );
}

function stateOf(user: StandingUser, now: number): 'active' | 'blocked' | 'expired' | 'locked-out' {
  if (user.blocked) return 'blocked';
  if (isExpired(user, now)) return 'expired';
  return user.lockedUntil > now ? 'locked-out' : 'active';
}

/** Names each field that leaves: a password hash or the key of one-time codes never does. */
export function presentUser(user: UserWithProfiles, now: Date): UserView {
  const { name, blocked, administrator, autoLogin, routes, expiresAt, lockedUntil, passwordChangedAt } = user;
  return {
    name,
    group: user.group ?? null,
    blocked,
    administrator,
    role: roleOf(user),
    expiresAt: expiresAt === undefined ? null : isoTime(expiresAt),
    lockedUntil: lockedUntil > now.getTime() ? isoTime(lockedUntil) : null,
    oneTimeCode: user.oneTimeKey !== undefined,
    oneTimeCodeRequired: user.oneTimeCode,
    autoLogin,
    routes,
    access: user.access ?? null,
    own: presentProperties({ ...user.properties, ...(user.ownBlocked ? { blocked: true } : {}) }),
    createdAt: isoTime(user.createdAt),
    passwordChangedAt: passwordChangedAt === 0 ? null : isoTime(passwordChangedAt),
    profiles: user.profiles.map((profile) => ({
      name: profile.name,
      kind: profile.kind,
      vpnAddress: profile.vpnAddress ?? null,
      certificateExpiresAt: isoTime(profile.notAfter),
    })),
  };
}

function presentWritten(written: { protected: boolean }): { protected: boolean } {
  return { protected: written.protected };
}
