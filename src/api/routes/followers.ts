import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { FollowerStatus } from '../../pair/followers.ts';
import type { FollowingStatus } from '../../pair/following.ts';
import type { Node } from '../../pair/node.ts';
import { actorOf } from '../actor.ts';
import { writeAnswerSchema } from '../contract.ts';
import {
  type FollowerView,
  type FollowingView,
  followerAnswerSchema,
  followerKeySchema,
  followerListSchema,
  followerRequestSchema,
  followerVerdictSchema,
  joinAnswerSchema,
} from '../follower-contract.ts';
import { followerPolicy } from '../policies/followers.ts';

const params = z.object({ follower: z.string().max(63) });
const joinSchema = z.strictObject({ word: z.string().max(8_192) });

/** Followers of this pair, and on a follower whom it follows. */
export function followerRoutes(instance: FastifyInstance, node: Node): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const read = { policy: followerPolicy.read };
  const change = { policy: followerPolicy.change };
  const join = { policy: followerPolicy.join };

  app.get('/followers', { config: read, schema: { response: { 200: followerListSchema } } }, () => ({
    followers: node.elsewhere.followers.list().map(presentFollower),
  }));

  app.post(
    '/followers',
    { config: change, schema: { body: followerRequestSchema, response: { 200: followerAnswerSchema } } },
    async (request) => {
      const added = await node.elsewhere.followers.add(actorOf(request), request.body);
      return { protected: added.protected, name: added.follower.name, join: added.join };
    },
  );

  app.delete(
    '/followers/:follower',
    { config: change, schema: { params, response: { 200: writeAnswerSchema } } },
    (request) => node.elsewhere.followers.remove(actorOf(request), request.params.follower),
  );

  app.post(
    '/followers/:follower/verify',
    { config: change, schema: { params, response: { 200: followerVerdictSchema } } },
    (request) => node.elsewhere.followers.verify(request.params.follower),
  );

  app.get('/following/key', { config: join, schema: { response: { 200: followerKeySchema } } }, async () => ({
    publicKey: await node.elsewhere.following.publicKey(),
  }));

  app.post(
    '/following',
    { config: join, schema: { body: joinSchema, response: { 200: joinAnswerSchema } } },
    async (request) => {
      const { host, sources } = await node.elsewhere.following.join(request.body.word);
      return { host, sources: sources.map(({ name }) => name) };
    },
  );
}

export function presentFollower(one: FollowerStatus): FollowerView {
  const { name, scope, addedAt } = one.follower;
  return {
    name,
    scope,
    addedAt,
    fingerprint: one.fingerprint,
    state: one.state,
    connected: one.connected,
    position: one.position ?? null,
    lagEntries: one.lagEntries ?? null,
    lagMs: one.lagMs ?? null,
    unsentBytes: one.unsentBytes ?? null,
    version: one.product ?? null,
    lastHeardAt: isoTime(one.lastHeardAt),
    verifiedAt: isoTime(one.verifiedAt),
    sentence: one.sentence,
  };
}

export function presentFollowing(status: FollowingStatus): FollowingView {
  return {
    host: status.following.host,
    port: status.following.port,
    source: status.source ?? null,
    connected: status.connected,
    lastAppliedAt: isoTime(status.lastAppliedAt),
    sentence: status.sentence,
  };
}

function isoTime(milliseconds: number | undefined): string | null {
  return milliseconds === undefined ? null : new Date(milliseconds).toISOString();
}
