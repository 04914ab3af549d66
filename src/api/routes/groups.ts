import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { GroupWithMembers } from '../../accounts/groups.ts';
import type { Node } from '../../pair/node.ts';
import { actorOf } from '../actor.ts';
import {
  type GroupView,
  groupChangesSchema,
  groupListSchema,
  groupSchema,
  writeAnswerSchema,
} from '../contract.ts';
import { groupPolicy } from '../policies/groups.ts';
import { presentProperties, readPropertyChanges } from '../properties.ts';

const newGroupSchema = z.strictObject({ name: z.string().max(64) });
const params = z.object({ group: z.string().max(64) });

export function groupRoutes(instance: FastifyInstance, node: Node): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.get(
    '/groups',
    { config: { policy: groupPolicy.list }, schema: { response: { 200: groupListSchema } } },
    () => ({
      groups: node.groups.list().map(presentGroup),
    }),
  );

  app.get(
    '/groups/:group',
    { config: { policy: groupPolicy.show }, schema: { params, response: { 200: groupSchema } } },
    (request) => presentGroup(node.groups.show(request.params.group)),
  );

  app.post(
    '/groups',
    {
      config: { policy: groupPolicy.add },
      schema: { body: newGroupSchema, response: { 200: writeAnswerSchema } },
    },
    async (request) => presentWritten(await node.groups.add(actorOf(request), request.body.name)),
  );

  app.patch(
    '/groups/:group',
    {
      config: { policy: groupPolicy.change },
      schema: { params, body: groupChangesSchema, response: { 200: writeAnswerSchema } },
    },
    async (request) => {
      const wishes = readPropertyChanges(request.body);
      return presentWritten(await node.groups.set(actorOf(request), request.params.group, wishes));
    },
  );

  app.delete(
    '/groups/:group',
    { config: { policy: groupPolicy.remove }, schema: { params, response: { 200: writeAnswerSchema } } },
    async (request) => presentWritten(await node.groups.remove(actorOf(request), request.params.group)),
  );
}

function presentGroup({ name, properties, members }: GroupWithMembers): GroupView {
  return { name, properties: presentProperties(properties), members };
}

function presentWritten(written: { protected: boolean }): { protected: boolean } {
  return { protected: written.protected };
}
