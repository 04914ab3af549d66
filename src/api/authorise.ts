import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import { TandemError } from '../core/errors.ts';
import { pagePolicy } from './policies/pages.ts';
import { type Policy, scopeCovers } from './policies/policy.ts';
import { notSignedIn, type Principal } from './principal.ts';

/** Says who sent a request; undefined for nobody that is known. Throws for proof that is no good. */
export type Identify = (request: FastifyRequest) => Principal | undefined;

/** A library's own routes, which show the description of the API. */
const documentation = '/api/docs';

const unsafe: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/**
 * Asks before every route who it is and whether they may, before the body is read. A route without a policy makes the
 * start fail.
 * @throws Error naming the route that has none
 */
export function authorise(app: FastifyInstance, identify: Identify): void {
  app.decorateRequest('principal', undefined);
  app.addHook('onRoute', (route: RouteOptions) => {
    if (route.url.startsWith(documentation)) route.config = { ...route.config, policy: pagePolicy.read };
    if (route.config?.policy === undefined) {
      throw new Error(`${String(route.method)} ${route.url} has no policy: give it one of src/api/policies`);
    }
  });
  app.addHook('onRequest', async (request) => {
    const { policy } = request.routeOptions.config;
    // What does not exist is told to anyone.
    if (policy === undefined) return;
    const principal = identify(request);
    request.principal = principal;
    checkPolicy(policy, principal);
    if (principal?.session !== undefined && unsafe.has(request.method)) checkOrigin(request, principal);
  });
}

function checkPolicy(policy: Policy, principal: Principal | undefined): void {
  if (policy.roles === 'anyone') return;
  if (principal === undefined) throw notSignedIn();
  if (policy.roles === 'local') {
    if (principal.via !== 'cli') throw forbidden('Only a command on the node itself may do this.');
    return;
  }
  if (!policy.roles.includes(principal.role)) {
    throw forbidden(`This is for ${policy.roles.join(' or ')}; ${principal.name} is ${principal.role}.`);
  }
  if (principal.scopes === undefined) return;
  if (policy.scope === undefined) throw forbidden('This is for people who are signed in, not for tokens.');
  if (!scopeCovers(principal.scopes, policy.scope)) {
    throw new TandemError({
      code: 'api.token.scope',
      culprit: 'caller',
      message: `This token was not given ${policy.scope}; it has ${principal.scopes.join(', ')}.`,
      hint: 'Make a token with that scope',
    });
  }
}

/** A change by a browser must come from our own pages: they alone can read the token that goes with the session. */
function checkOrigin(request: FastifyRequest, principal: Principal): void {
  const { origin, host } = request.headers;
  const foreign = origin !== undefined && origin !== `https://${host}`;
  if (!foreign && request.headers['x-csrf-token'] === principal.session?.csrf) return;
  throw new TandemError({
    code: 'api.csrf',
    culprit: 'caller',
    message: foreign
      ? `A page of ${origin} may not make changes here.`
      : 'The request lacks the x-csrf-token of this session.',
    hint: 'Reload the page; programs use a token instead of a session',
  });
}

function forbidden(message: string): TandemError {
  return new TandemError({
    code: 'api.forbidden',
    culprit: 'caller',
    message,
    hint: 'Ask an administrator',
  });
}
