import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { clientOutageMs, detectionMs, timingPresets } from '../../core/vrrp/presets.ts';
import type { Node } from '../../pair/node.ts';
import { presentedHostKey } from '../../pair/remote-command.ts';
import { readPairSettings } from '../../settings/read.ts';
import { actorOf } from '../actor.ts';
import {
  type FailoverView,
  failoverChangeRequestSchema,
  failoverChangeViewSchema,
  failoverViewSchema,
  freeVhidAnswerSchema,
  hostKeyAnswerSchema,
  makingAnswerSchema,
  type TimingView,
  validationAnswerSchema,
  validationRequestSchema,
} from '../failover-contract.ts';
import { pairPolicy } from '../policies/pair.ts';

const hostKeySchema = z.strictObject({
  address: z.ipv4(),
  port: z.int().min(1).max(65_535).default(22),
});

/** The settings of the pair, and whether they would work. */
export function failoverRoutes(instance: FastifyInstance, node: Node): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.get(
    '/failover',
    { config: { policy: pairPolicy.show }, schema: { response: { 200: failoverViewSchema } } },
    () => present(node),
  );

  // Begins; how far it is: the next one.
  app.patch(
    '/failover',
    {
      config: { policy: pairPolicy.change },
      schema: { body: failoverChangeRequestSchema, response: { 200: failoverChangeViewSchema } },
    },
    (request) => {
      const { dryRun, ...wish } = request.body;
      return dryRun === true ? node.changes.plan(wish) : node.changes.start(actorOf(request), wish);
    },
  );

  app.get(
    '/failover/change',
    { config: { policy: pairPolicy.show }, schema: { response: { 200: failoverChangeViewSchema } } },
    () => node.changes.view,
  );

  app.post(
    '/failover/key',
    { config: { policy: pairPolicy.change }, schema: { response: { 200: failoverChangeViewSchema } } },
    (request) => node.changes.rotateKey(actorOf(request)),
  );

  // Changes nothing; the password is used once and not kept.
  app.post(
    '/failover/validation',
    {
      config: { policy: pairPolicy.validate },
      schema: { body: validationRequestSchema, response: { 200: validationAnswerSchema } },
    },
    (request) => node.validation.start(request.body),
  );

  app.get(
    '/failover/validation',
    { config: { policy: pairPolicy.show }, schema: { response: { 200: validationAnswerSchema } } },
    () => node.validation.view,
  );

  app.post(
    '/failover/free-vhid',
    { config: { policy: pairPolicy.validate }, schema: { response: { 200: freeVhidAnswerSchema } } },
    () => node.validation.freeVhid(),
  );

  // Before any password: what the other machine is known by.
  app.post(
    '/failover/host-key',
    {
      config: { policy: pairPolicy.validate },
      schema: { body: hostKeySchema, response: { 200: hostKeyAnswerSchema } },
    },
    async (request) => ({ fingerprint: await presentedHostKey(request.body) }),
  );

  // While the pair is made, for whoever waits for it.
  app.get(
    '/failover/making',
    { config: { policy: pairPolicy.show }, schema: { response: { 200: makingAnswerSchema } } },
    () => node.pairing.making,
  );
}

function present(node: Node): FailoverView {
  const pair = readPairSettings(node.store);
  const { name, address, prefixLength, interface: card } = node.validation.own;
  return {
    model: pair === undefined ? 'none' : 'lan',
    own: { name, address, prefixLength, interface: card },
    virtualAddress: pair?.virtualAddress ?? null,
    address6: pair?.address6 ?? null,
    vhid: pair?.vhid ?? null,
    protocol: pair?.protocol ?? 'vrrp3',
    virtualMac: pair?.virtualMac ?? false,
    timing: pair === undefined ? null : timing(pair),
    multicast: pair?.paths?.multicast ?? true,
    unicast: pair?.paths?.unicast ?? true,
    gateway: pair?.gateway ?? null,
    preemptDelaySeconds: pair?.preemptDelaySeconds ?? null,
    takeover: pair?.takeover ?? 'always',
    nodes: (pair?.nodes ?? []).map((one) => ({
      name: one.name,
      address: one.address,
      interface: one.interface,
      sshPort: one.ssh.port,
      priority: one.priority,
      second: one.second ?? null,
    })),
    presets: timingPresets.map((preset) => ({ ...timing(preset), name: preset.name, words: preset.words })),
  };
}

function timing(one: {
  readonly advertisementIntervalMs: number;
  readonly leaseSeconds: number;
}): TimingView {
  const { advertisementIntervalMs, leaseSeconds } = one;
  return {
    advertisementIntervalMs,
    leaseSeconds,
    detectionMs: detectionMs(advertisementIntervalMs),
    clientOutageMs: clientOutageMs(advertisementIntervalMs),
  };
}
