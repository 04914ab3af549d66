import swagger from '@fastify/swagger';
import type { FastifyInstance, RouteOptions } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { pagePolicy } from './policies/pages.ts';
import type { Policy } from './policies/policy.ts';

const openapiVersion = '3.1.0';

/** The API describes itself (OpenAPI), from the same shapes that it checks requests and answers with. */
export async function describeApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: openapiVersion,
      info: {
        title: 'Tandem',
        version,
        description:
          'Everything that the pages and the command do. Signing in, tokens and roles: docs/api.md.',
      },
      servers: [{ url: '/' }],
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: '__Host-tandem' },
          token: { type: 'http', scheme: 'bearer' },
        },
      },
    },
    transform: (described) => {
      const { schema, url } = jsonSchemaTransform(described);
      const { policy } = described.route.config ?? {};
      const [noun = ''] = url.replace('/api/v1/', '').split('/');
      return {
        url,
        schema: {
          tags: [noun],
          operationId: operationId(described.route, url),
          ...(policy === undefined ? {} : { description: inWords(policy), security: security(policy) }),
          ...schema,
        },
      };
    },
  });
}

/** Where the description itself is. */
export function descriptionRoute(app: FastifyInstance): void {
  app.get('/openapi.json', { config: { policy: pagePolicy.read }, schema: { hide: true } }, () =>
    app.swagger(),
  );
}

/** `GET /api/v1/users/:user` → `getUsersUser`. */
function operationId(route: Pick<RouteOptions, 'method'>, url: string): string {
  const words = url.replace('/api/v1/', '').split(/[^A-Za-z0-9]+/);
  const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  return `${String(route.method).toLowerCase()}${name}`;
}

function inWords({ roles, scope }: Policy): string {
  if (roles === 'anyone') return 'For anyone.';
  if (roles === 'local') return 'For commands on the node itself.';
  const tokens = scope === undefined ? 'No token is taken.' : `Scope of a token: \`${scope}\`.`;
  return `For ${roles.join(', ')}. ${tokens}`;
}

function security({ roles, scope }: Policy): { [name: string]: string[] }[] {
  if (roles === 'anyone' || roles === 'local') return [];
  return [{ session: [] }, ...(scope === undefined ? [] : [{ token: [] }])];
}
