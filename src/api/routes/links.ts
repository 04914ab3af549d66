import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { toString as drawQrCode } from 'qrcode';
import { z } from 'zod';
import type { Node } from '../../pair/node.ts';
import type { Actor } from '../../store/actor.ts';
import { actorOf } from '../actor.ts';
import { portalPolicy } from '../policies/portal.ts';
import { userPolicy } from '../policies/users.ts';
import { requirePrincipal } from '../principal.ts';
import { isoTime } from '../properties.ts';
import { type LinkAnswer, linkAnswerSchema } from '../user-bulk-contract.ts';

const profile = z.string().min(1).max(64);
const userParams = z.object({ user: z.string().max(64), profile });
const ownParams = z.object({ profile });
const linkParams = z.object({ secret: z.string().max(128) });
const followRate = { max: 20, timeWindow: 60_000 };

/** Profiles by a link that works once. */
export function linkRoutes(instance: FastifyInstance, node: Node): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  const create = async (
    request: FastifyRequest,
    actor: Actor,
    user: string,
    profileName: string,
  ): Promise<LinkAnswer> => {
    const link = await node.web.links.create(actor, user, profileName);
    const place = request.principal?.via === 'cli' ? `${node.web.names()[1]}:${node.web.port}` : request.host;
    const url = `https://${place}/api/v1/links/${link.secret}`;
    const drawing = await drawQrCode(url, { type: 'svg' });
    return {
      url,
      qr: `data:image/svg+xml;base64,${Buffer.from(drawing).toString('base64')}`,
      expiresAt: isoTime(link.expiresAt),
      protected: link.protected,
    };
  };

  app.post(
    '/users/:user/profiles/:profile/link',
    {
      config: { policy: userPolicy.getProfile },
      schema: { params: userParams, response: { 200: linkAnswerSchema } },
    },
    (request) => create(request, actorOf(request), request.params.user, request.params.profile),
  );

  app.post(
    '/me/profiles/:profile/link',
    {
      config: { policy: portalPolicy.profile },
      schema: { params: ownParams, response: { 200: linkAnswerSchema } },
    },
    (request) => create(request, actorOf(request), requirePrincipal(request).name, request.params.profile),
  );

  app.get(
    '/links/:secret',
    {
      config: { policy: portalPolicy.followLink, rateLimit: followRate },
      schema: {
        params: linkParams,
        produces: ['application/x-openvpn-profile'],
        response: { 200: z.string() },
      },
    },
    async (request, reply) => {
      const { fileName, text } = await node.web.links.follow(request.params.secret);
      return reply
        .serializer((body: unknown) => String(body))
        .type('application/x-openvpn-profile')
        .header('content-disposition', `attachment; filename="${fileName}"`)
        .send(text);
    },
  );
}
