import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { TandemError } from '../../core/errors.ts';
import type { Node } from '../../pair/node.ts';
import type { Actor } from '../../store/actor.ts';
import { actorOf } from '../actor.ts';
import { userPolicy } from '../policies/users.ts';
import { type BulkAnswer, bulkAnswerSchema, userImportAnswerSchema } from '../user-bulk-contract.ts';

const names = z.array(z.string().max(64)).min(1).max(1_000);
const bulkSchema = z.discriminatedUnion('action', [
  z.strictObject({ action: z.enum(['block', 'unblock', 'remove']), users: names }),
  z.strictObject({ action: z.literal('group'), users: names, group: z.string().max(64).nullable() }),
]);
type Bulk = z.infer<typeof bulkSchema>;
const importSchema = z.strictObject({ csv: z.string().max(900_000), dryRun: z.boolean().default(false) });

/** Many users at once. */
export function userBulkRoutes(instance: FastifyInstance, node: Node): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.post(
    '/users/bulk',
    {
      config: { policy: userPolicy.bulk },
      schema: { body: bulkSchema, response: { 200: bulkAnswerSchema } },
    },
    async (request) => {
      const results: BulkAnswer['results'][number][] = [];
      let isProtected = true;
      for (const name of request.body.users) {
        try {
          const written = await carryOut(node, actorOf(request), request.body, name);
          isProtected = written.protected;
          results.push({ name, done: true, problem: null });
        } catch (error) {
          // What is wrong with one user is that user's; what is wrong with the node is everybody's.
          if (!(error instanceof TandemError) || error.code.startsWith('pair.')) throw error;
          results.push({ name, done: false, problem: error.message });
        }
      }
      return { results, protected: isProtected };
    },
  );

  app.post(
    '/users/import',
    {
      config: { policy: userPolicy.bulk },
      schema: { body: importSchema, response: { 200: userImportAnswerSchema } },
    },
    async (request) => {
      const { csv, dryRun } = request.body;
      const outcome = await node.users.import(actorOf(request), csv, dryRun);
      return {
        ...outcome,
        rows: outcome.rows.map(({ line, name, problem }) => ({ line, name, problem: problem ?? null })),
      };
    },
  );
}

function carryOut(node: Node, actor: Actor, bulk: Bulk, name: string): Promise<{ protected: boolean }> {
  switch (bulk.action) {
    case 'block':
    case 'unblock':
      return node.users.setBlocked(actor, name, bulk.action === 'block');
    case 'remove':
      return node.users.remove(actor, name);
    case 'group':
      return node.users.set(actor, name, { group: bulk.group });
  }
}
