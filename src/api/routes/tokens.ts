import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Node } from '../../pair/node.ts';
import type { ApiToken } from '../../store/api-token/api-token.ts';
import { actorOf } from '../actor.ts';
import { writeAnswerSchema } from '../contract.ts';
import { tokenScopes } from '../policies/policy.ts';
import { tokenPolicy } from '../policies/tokens.ts';
import { requirePrincipal } from '../principal.ts';
import { type TokenView, tokenAnswerSchema, tokenListSchema } from '../web-session-contract.ts';

const newTokenSchema = z.strictObject({
  name: z.string().trim().min(1).max(64),
  scopes: z.array(z.enum(tokenScopes)).min(1).max(tokenScopes.length),
  expiresAt: z.iso.datetime().nullable().optional(),
  /** Whose token it is; whoever makes it, unless that is root on the node itself. */
  user: z.string().max(64).optional(),
});
const params = z.object({ id: z.string().max(64) });

/** What programs sign in with. */
export function tokenRoutes(instance: FastifyInstance, node: Node): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.get(
    '/tokens',
    { config: { policy: tokenPolicy.list }, schema: { response: { 200: tokenListSchema } } },
    () => ({ tokens: node.web.tokens.list().map(present) }),
  );

  app.post(
    '/tokens',
    {
      config: { policy: tokenPolicy.create },
      schema: { body: newTokenSchema, response: { 200: tokenAnswerSchema } },
    },
    async (request) => {
      const { name, scopes, expiresAt, user } = request.body;
      const principal = requirePrincipal(request);
      // Throws for a name that is no account's.
      const owner = node.users.show(principal.via === 'cli' ? (user ?? '') : principal.name);
      const made = await node.web.tokens.create(actorOf(request), {
        name,
        scopes,
        userName: owner.name,
        expiresAt: typeof expiresAt === 'string' ? Date.parse(expiresAt) : undefined,
      });
      return { ...present(made.token), token: made.secret, protected: made.protected };
    },
  );

  app.delete(
    '/tokens/:id',
    { config: { policy: tokenPolicy.revoke }, schema: { params, response: { 200: writeAnswerSchema } } },
    async (request) => {
      const written = await node.web.tokens.revoke(actorOf(request), request.params.id);
      return { protected: written.protected };
    },
  );
}

/** Names each field that leaves: the hash never does. */
function present(token: ApiToken): TokenView {
  return {
    id: token.id,
    name: token.name,
    user: token.userName,
    scopes: token.scopes,
    createdAt: new Date(token.createdAt).toISOString(),
    expiresAt: token.expiresAt === undefined ? null : new Date(token.expiresAt).toISOString(),
  };
}
