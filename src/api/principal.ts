import type { FastifyRequest } from 'fastify';
import type { EffectiveProperties } from '../core/accounts/properties.ts';
import { TandemError } from '../core/errors.ts';
import type { Policy } from './policies/policy.ts';

/** What somebody may do at all; which route is for whom is in `policies/`. */
export type Role = 'administrator' | 'read-only' | 'user';

/** Who sent a request. */
export interface Principal {
  readonly name: string;
  readonly role: Role;
  /** The node's own socket, a browser that is signed in, or a program's token. */
  readonly via: 'cli' | 'web' | 'token';
  /** A token's; undefined where the role alone counts. */
  readonly scopes: readonly string[] | undefined;
  /** Of a browser: its session, and what it must send with every change (`x-csrf-token`). */
  readonly session: { readonly id: string; readonly csrf: string; readonly expiresAt: number } | undefined;
}

declare module 'fastify' {
  interface FastifyRequest {
    principal: Principal | undefined;
  }
  interface FastifyContextConfig {
    policy?: Policy;
  }
}

export function roleOf(user: Pick<EffectiveProperties, 'administrator' | 'readOnly'>): Role {
  return user.administrator ? 'administrator' : user.readOnly ? 'read-only' : 'user';
}

/** Whoever got past the policy of a route that is not for everyone. */
export function requirePrincipal(request: FastifyRequest): Principal {
  if (request.principal !== undefined) return request.principal;
  throw notSignedIn();
}

export function notSignedIn(): TandemError {
  return new TandemError({
    code: 'api.not-signed-in',
    culprit: 'caller',
    message: 'This needs somebody who is signed in, or a token.',
    hint: 'Sign in, or send the header: Authorization: Bearer TOKEN',
  });
}
