import type { FastifyReply, FastifyRequest } from 'fastify';
import type { StandingUser } from '../../accounts/standing.ts';
import type { Node } from '../../pair/node.ts';
import { roleOf } from '../principal.ts';
import { isoTime } from '../properties.ts';
import type { SessionView } from '../web-session-contract.ts';
import { csrfOf, sessionCookie } from './identify.ts';

/** Where the cookie counts, and who gets to see it: this host, over TLS, and no script. */
export const cookiePlace = { path: '/', httpOnly: true, secure: true, sameSite: 'strict' } as const;

/** Signs a user in whose proof was good: the cookie goes with the answer. */
export async function openSession(
  node: Node,
  user: StandingUser,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<SessionView> {
  const { secret, session } = await node.web.sessions.open(user, {
    address: request.ip,
    agent: request.headers['user-agent'] ?? '',
  });
  void reply.setCookie(sessionCookie, secret, { ...cookiePlace, expires: new Date(session.expiresAt) });
  return {
    user: user.name,
    role: roleOf(user),
    csrf: csrfOf(secret),
    expiresAt: isoTime(session.expiresAt),
  };
}
