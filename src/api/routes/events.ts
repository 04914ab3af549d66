import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { TandemError } from '../../core/errors.ts';
import type { Identify } from '../authorise.ts';
import type { Live } from '../live/live.ts';
import { overviewPolicy } from '../policies/overview.ts';

/** What happens, as it happens (text/event-stream): for as long as whoever listens may. */
export function eventRoutes(app: FastifyInstance, live: Live, identify: Identify): void {
  app.get(
    '/events',
    {
      config: { policy: overviewPolicy.events },
      schema: { produces: ['text/event-stream'], response: { 200: z.string() } },
      logLevel: 'silent',
    },
    (request, reply) => {
      if (live.events.isFull) {
        throw new TandemError({
          code: 'api.events.refused',
          culprit: 'operator',
          message: 'Too many pages listen at this moment.',
          hint: 'Close some of them',
        });
      }
      const { principal } = request;
      reply.hijack();
      for (const [name, value] of Object.entries(reply.getHeaders()))
        if (value !== undefined) reply.raw.setHeader(name, value);
      reply.raw.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      });
      const mayStay = (): boolean => {
        try {
          return identify(request)?.role === principal?.role;
        } catch {
          return false;
        }
      };
      live.events.add(reply.raw, mayStay);
    },
  );
}
