import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { encrypt } from '../../backup/age.ts';
import { plainOf } from '../../backup/receive.ts';
import type { Node } from '../../pair/node.ts';
import { actorOf } from '../actor.ts';
import { type RestoreView, restoreSchema } from '../backup-contract.ts';
import { backupPolicy } from '../policies/backup.ts';

/** Said in a header, for the body is the backup: base64url of its UTF-8. */
const passphraseHeader = 'x-backup-passphrase';
const createBody = z.strictObject({ passphrase: z.string().min(1).max(1024).optional() }).nullish();
const createQuery = z.object({ kind: z.enum(['whole', 'accounts']).default('whole') });
const flag = z.enum(['true', 'false']).default('false');
const restoreQuery = z.object({ 'dry-run': flag, force: flag });

/** Backups travel as bytes, not as JSON: they may be large. */
export function backupRoutes(instance: FastifyInstance, node: Node): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  // Only the routes of this file take one, and they read it as it comes.
  app.addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload));

  app.post(
    '/backup',
    { config: { policy: backupPolicy.create }, schema: { querystring: createQuery, body: createBody } },
    (request, reply) => {
      const plain = node.elsewhere.backups.create(request.query.kind);
      const passphrase = request.body?.passphrase;
      const bytes = passphrase === undefined ? plain : encrypt(plain, passphrase);
      void reply.type('application/octet-stream');
      return reply.send(Readable.from(bytes, { objectMode: false }));
    },
  );

  app.post(
    '/backup/restore',
    {
      config: { policy: backupPolicy.restore },
      schema: { querystring: restoreQuery, response: { 200: restoreSchema } },
    },
    async (request): Promise<RestoreView> => {
      const { body, query } = request;
      const file = body instanceof Readable ? body : Readable.from([]);
      const said = request.headers[passphraseHeader];
      const source = plainOf(file, async () =>
        typeof said === 'string' ? Buffer.from(said, 'base64url').toString('utf8') : undefined,
      );
      const wish = { dryRun: query['dry-run'] === 'true', force: query.force === 'true' };
      const { manifest, done, merged, kept, sentence } = await node.elsewhere.backups.restore(
        actorOf(request),
        source,
        wish,
      );
      const { kind, createdAt, node: from, position } = manifest;
      return {
        kind,
        createdAt,
        node: from,
        position,
        done,
        merged: merged ?? null,
        kept: kept ?? null,
        sentence,
      };
    },
  );
}
