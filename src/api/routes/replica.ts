import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { formatPosition } from '../../core/replication/position.ts';
import { type Divergence, openEntries, type SetAside } from '../../pair/divergences.ts';
import type { Node } from '../../pair/node.ts';
import type { HistoryEntry } from '../../store/journal/history.ts';
import { actorInWords, actorOf } from '../actor.ts';
import { replicaPolicy } from '../policies/replica.ts';
import {
  type DivergenceView,
  discardAnswerSchema,
  divergenceDetailSchema,
  divergenceListSchema,
  type EntryView,
  exportAnswerSchema,
  generationListSchema,
  importAnswerSchema,
  journalSchema,
  reapplyAnswerSchema,
  reseedAnswerSchema,
  rotateKeyAnswerSchema,
} from '../replica-contract.ts';

const params = z.object({ id: z.string().max(64) });
const entry = z.int().min(1).optional();
const reapplySchema = z.strictObject({ entry });
const discardSchema = z.strictObject({ entry, reason: z.string().min(1).max(500) });
const importSchema = z.strictObject({ text: z.string() });
const journalQuery = z.object({
  last: z.coerce.number().int().min(1).max(1_000).default(20),
  /** Only entries with a lower sequence: the page before. */
  before: z.coerce.number().int().min(1).optional(),
});

/** The journal as audit log, and what lies in quarantine. */
export function replicaRoutes(instance: FastifyInstance, node: Node): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const words = (changeset: Uint8Array): string[] => node.store.inWords(changeset);

  app.get(
    '/journal',
    {
      config: { policy: replicaPolicy.readJournal },
      schema: { querystring: journalQuery, response: { 200: journalSchema } },
    },
    (request) => {
      const { last, before } = request.query;
      const { words: oldest, whole } = node.store.history.begins();
      return {
        entries: node.store.history.last(last, before).map(presentHistory),
        begins:
          oldest === undefined
            ? null
            : { position: formatPosition(oldest.position), at: isoTime(oldest.timeMs) },
        wholeFrom: whole,
      };
    },
  );

  app.post(
    '/replica/rotate-key',
    { config: { policy: replicaPolicy.rotateKey }, schema: { response: { 200: rotateKeyAnswerSchema } } },
    () => node.linkKeys.rotate(),
  );

  app.post(
    '/replica/reseed',
    { config: { policy: replicaPolicy.reseed }, schema: { response: { 200: reseedAnswerSchema } } },
    () => ({
      begun: node.reseed(),
    }),
  );

  app.get(
    '/replica/generations',
    { config: { policy: replicaPolicy.read }, schema: { response: { 200: generationListSchema } } },
    async () => ({
      generations: (await node.elsewhere.generations.list()).map(({ path, manifest }) => ({
        path,
        at: manifest.createdAt,
        position: manifest.position,
        bytes: manifest.bytes,
      })),
    }),
  );

  app.get(
    '/replica/divergences',
    { config: { policy: replicaPolicy.read }, schema: { response: { 200: divergenceListSchema } } },
    async () => ({
      divergences: (await node.divergences.list()).map(presentDivergence),
    }),
  );

  app.get(
    '/replica/divergences/:id',
    { config: { policy: replicaPolicy.read }, schema: { params, response: { 200: divergenceDetailSchema } } },
    async (request) => {
      const { entries } = await node.divergences.show(request.params.id);
      const shown = entries.map((one) => ({ ...presentEntry(one, words), state: stateOf(one) }));
      return { id: request.params.id, entries: shown };
    },
  );

  app.post(
    '/replica/divergences/:id/reapply',
    {
      config: { policy: replicaPolicy.decide },
      schema: { params, body: reapplySchema, response: { 200: reapplyAnswerSchema } },
    },
    (request) => node.divergences.reapply(actorOf(request), request.params.id, request.body.entry),
  );

  app.post(
    '/replica/divergences/:id/discard',
    {
      config: { policy: replicaPolicy.decide },
      schema: { params, body: discardSchema, response: { 200: discardAnswerSchema } },
    },
    async (request) => {
      const { entry: sequence, reason } = request.body;
      const discarded = await node.divergences.discard(actorOf(request), request.params.id, sequence, reason);
      return { discarded };
    },
  );

  app.post(
    '/replica/divergences/:id/export',
    { config: { policy: replicaPolicy.export }, schema: { params, response: { 200: exportAnswerSchema } } },
    async (request) => ({ text: await node.divergences.export(request.params.id) }),
  );

  app.post(
    '/replica/divergences',
    {
      bodyLimit: 64 * 1024 * 1024,
      config: { policy: replicaPolicy.import },
      schema: { body: importSchema, response: { 200: importAnswerSchema } },
    },
    async (request) => {
      const { id, lost } = await node.divergences.import(request.body.text);
      return { id, lost };
    },
  );
}

function presentDivergence(one: Divergence): DivergenceView {
  const { id, nodeId, createdMs } = one.manifest;
  return {
    id,
    node: nodeId,
    at: new Date(createdMs).toISOString(),
    entries: one.entries.length,
    open: openEntries(one).length,
  };
}

function presentEntry(one: SetAside, words: (changeset: Uint8Array) => string[]): EntryView {
  return presentHistory({ ...one, words: words(one.changeset) });
}

function presentHistory({ position, timeMs, actor, words }: HistoryEntry): EntryView {
  return {
    position: formatPosition(position),
    sequence: position.sequence,
    at: isoTime(timeMs),
    actor: actorInWords(actor),
    changes: words.length === 0 ? [`epoch ${position.epoch} begins`] : [...words],
  };
}

function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

function stateOf({ settled }: SetAside): string {
  if (settled === undefined) return 'open';
  return `${settled.how} by ${settled.by}${settled.reason === undefined ? '' : `: ${settled.reason}`}`;
}
