import { release } from 'node:os';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { formatPosition } from '../../core/replication/position.ts';
import { logLevels, logProcesses } from '../../pair/log/log-line.ts';
import { mostLines } from '../../pair/log/node-log.ts';
import type { Node } from '../../pair/node.ts';
import { openvpnVersion } from '../../validation/machine.ts';
import { actorName, actorOf } from '../actor.ts';
import { writeAnswerSchema } from '../contract.ts';
import type { Live } from '../live/live.ts';
import {
  aboutSchema,
  certificateListSchema,
  historySchema,
  logSchema,
  overviewSchema,
  type TransitionView,
} from '../overview-contract.ts';
import { overviewPolicy } from '../policies/overview.ts';
import { isoTime } from '../properties.ts';
import { presentStatus } from './status.ts';

const soonMs = 30 * 86_400_000;
const mostEpochs = 200;
const startedAt = new Date().toISOString();

const certificateQuery = z.object({
  search: z.string().max(64).default(''),
  state: z.enum(['all', 'in-force', 'revoked']).default('all'),
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});
const logQuery = z.object({
  of: z.enum(['this', 'other']).default('this'),
  level: z.enum(logLevels).default('info'),
  process: z.enum([...logProcesses, 'all']).default('all'),
  search: z.string().max(200).default(''),
  lines: z.coerce.number().int().min(1).max(mostLines).default(200),
});

/** What the heartbeat says of its past; loose, for it belongs to the heartbeat. */
const transitionsSchema = z.looseObject({
  transitions: z.array(
    z.looseObject({
      from: z.string(),
      to: z.string(),
      cause: z.string(),
      sentence: z.string(),
      at: z.string(),
      addressMs: z.number().optional(),
      totalMs: z.number().optional(),
    }),
  ),
});

/** The pages that are only looked at. */
export function overviewRoutes(instance: FastifyInstance, node: Node, live: Live): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.get(
    '/overview',
    { config: { policy: overviewPolicy.overview }, schema: { response: { 200: overviewSchema } } },
    async () => {
      return {
        status: presentStatus(await node.observe()),
        users: node.users.count(),
        clients: {
          now: node.sessions().length,
          curve: live.curve.samples.map(({ at, clients }) => ({ at: isoTime(at), clients })),
        },
        certificatesEndingSoon: node.store.certificates.endingBy(Date.now() + soonMs).count,
      };
    },
  );

  app.get(
    '/history',
    { config: { policy: overviewPolicy.history }, schema: { response: { 200: historySchema } } },
    async () => {
      const { heartbeat } = await node.observe();
      const past = transitionsSchema.safeParse(heartbeat);
      return {
        transitions: (past.success ? past.data.transitions : []).map(presentTransition),
        epochs: node.store.epochs(mostEpochs).map(({ position, timeMs, actor }) => ({
          epoch: position.epoch,
          node: actorName(actor),
          since: isoTime(timeMs),
          position: formatPosition(position),
        })),
      };
    },
  );

  app.get(
    '/certificates',
    {
      config: { policy: overviewPolicy.certificates },
      schema: { querystring: certificateQuery, response: { 200: certificateListSchema } },
    },
    (request) => {
      const { search, state, offset, limit } = request.query;
      const page = node.store.certificates.page({ search, state, offset, limit });
      return {
        certificates: page.certificates.map((one) => ({
          serial: one.serial,
          commonName: one.commonName,
          user: one.userName,
          profile: one.profileName,
          expiresAt: isoTime(one.notAfter),
          revokedAt: one.revokedAt === undefined ? null : isoTime(one.revokedAt),
          revocationReason: one.revocationReason ?? null,
        })),
        total: page.total,
      };
    },
  );

  app.post(
    '/certificates/servers/renew',
    { config: { policy: overviewPolicy.renewServers }, schema: { response: { 200: writeAnswerSchema } } },
    async (request) => ({ protected: (await node.certificates.renew(actorOf(request))).protected }),
  );

  app.get(
    '/log',
    {
      config: { policy: overviewPolicy.log },
      schema: { querystring: logQuery, response: { 200: logSchema } },
    },
    async (request) => {
      const { of, level, lines, ...rest } = request.query;
      const wish = { ...rest, least: level, most: lines };
      return {
        node: (await node.observe()).node.name,
        other: node.log.peer ?? null,
        lines: of === 'this' ? await node.log.own(wish) : await node.log.ofPeer(wish),
      };
    },
  );

  app.get(
    '/about',
    { config: { policy: overviewPolicy.about }, schema: { response: { 200: aboutSchema } } },
    async () => ({
      node: (await node.observe()).node.name,
      versions: {
        tandem: node.productVersion,
        node: process.versions.node,
        sqlite: process.versions['sqlite'] ?? 'unknown',
        openssl: process.versions.openssl,
        kernel: release(),
        openvpn: await openvpnVersion(),
      },
      startedAt,
      license: 'Apache-2.0',
    }),
  );
}

function presentTransition(one: z.infer<typeof transitionsSchema>['transitions'][number]): TransitionView {
  const { from, to, cause, sentence, at } = one;
  return { from, to, cause, sentence, at, addressMs: one.addressMs ?? null, totalMs: one.totalMs ?? null };
}
