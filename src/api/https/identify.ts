import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Node } from '../../pair/node.ts';
import { notSignedIn, type Principal, roleOf } from '../principal.ts';

/** The prefix binds the cookie to this very host and to TLS: RFC 6265bis §4.1.3.2. */
export const sessionCookie = '__Host-tandem';

/** What a browser sends with every change. Only who has the cookie's content can derive it, and our pages are told it. */
export function csrfOf(secret: string): string {
  return createHash('sha256').update(`csrf ${secret}`).digest('base64url');
}

/** Over TLS: a program's token or a browser's cookie. A token that is none is an error, an old cookie is nobody. */
export function identifyOverHttps(node: Node): (request: FastifyRequest) => Principal | undefined {
  return (request) => {
    const { authorization } = request.headers;
    return authorization === undefined ? browser(node, request) : program(node, authorization);
  };
}

function program(node: Node, authorization: string): Principal {
  const [, secret] = /^Bearer ([\w-]{20,200})$/.exec(authorization) ?? [];
  const found = secret === undefined ? undefined : node.web.tokens.find(secret);
  if (found === undefined) throw notSignedIn();
  const { token, user } = found;
  return {
    name: `${user.name} (${token.name})`,
    role: roleOf(user),
    via: 'token',
    scopes: token.scopes,
    session: undefined,
  };
}

function browser(node: Node, request: FastifyRequest): Principal | undefined {
  const secret = request.cookies[sessionCookie];
  const found = secret === undefined ? undefined : node.web.sessions.find(secret);
  if (secret === undefined || found === undefined) return undefined;
  const { session, user } = found;
  return {
    name: user.name,
    role: roleOf(user),
    via: 'web',
    scopes: undefined,
    session: { id: session.id, csrf: csrfOf(secret), expiresAt: session.expiresAt },
  };
}
