import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { type Consequence, interrupts } from '../../core/vpn/consequences.ts';
import { keepalivePresets, longestOutageSeconds, pingsPerHour } from '../../core/vpn/keepalive.ts';
import { defaultVpnSettings } from '../../core/vpn/settings.ts';
import type { Node } from '../../pair/node.ts';
import { actorOf } from '../actor.ts';
import { settingsPolicy } from '../policies/settings.ts';
import {
  replicationSettingsAnswerSchema,
  replicationSettingsChangeSchema,
  replicationSettingsViewSchema,
} from '../replica-contract.ts';
import {
  type ConsequenceView,
  type VpnSettingsView,
  vpnSettingsChangeAnswerSchema,
  vpnSettingsChangeSchema,
  vpnSettingsViewSchema,
} from '../settings-contract.ts';

export function settingsRoutes(instance: FastifyInstance, node: Node): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.get(
    '/settings/replication',
    {
      config: { policy: settingsPolicy.read },
      schema: { response: { 200: replicationSettingsViewSchema } },
    },
    () => node.replication.get(),
  );

  app.patch(
    '/settings/replication',
    {
      config: { policy: settingsPolicy.change },
      schema: {
        body: replicationSettingsChangeSchema,
        response: { 200: replicationSettingsAnswerSchema },
      },
    },
    (request) => node.replication.set(actorOf(request), request.body),
  );

  app.get(
    '/settings/vpn',
    { config: { policy: settingsPolicy.read }, schema: { response: { 200: vpnSettingsViewSchema } } },
    () => present(node),
  );

  app.patch(
    '/settings/vpn',
    {
      config: { policy: settingsPolicy.change },
      schema: { body: vpnSettingsChangeSchema, response: { 200: vpnSettingsChangeAnswerSchema } },
    },
    async (request) => {
      const { settings, dryRun } = request.body;
      const sessions = node.sessions();
      const of = new Map(
        [...Map.groupBy(sessions, ({ process }) => process)].map(([name, some]) => [name, some.length]),
      );
      const before = { all: sessions.length, of };
      const change = await node.vpnSettings.set(actorOf(request), settings, dryRun);
      return {
        protected: change.protected,
        applied: change.applied,
        settings: change.settings,
        consequences: change.consequences.map((one) => presentConsequence(one, before)),
      };
    },
  );
}

function present(node: Node): VpnSettingsView {
  const settings = node.vpnSettings.get();
  return {
    settings,
    defaults: defaultVpnSettings,
    keepalive: {
      longestOutageSeconds: longestOutageSeconds(settings.keepalive),
      pingsPerHour: pingsPerHour(settings.keepalive),
      presets: keepalivePresets.map((preset) => ({
        ...preset,
        longestOutageSeconds: longestOutageSeconds(preset),
        pingsPerHour: pingsPerHour(preset),
      })),
    },
  };
}

/** With how many clients it concerns, as they were before the change. */
function presentConsequence(
  consequence: Consequence,
  before: { readonly all: number; readonly of: ReadonlyMap<string, number> },
): ConsequenceView {
  const { type, process, words } = consequence;
  const noticed = interrupts(consequence);
  const clients = process === undefined ? before.all : (before.of.get(process) ?? 0);
  return { type, process: process ?? null, words, interrupts: noticed, clients: noticed ? clients : 0 };
}
