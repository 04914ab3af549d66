import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { serveNode } from './served-node.ts';

interface Operation {
  readonly operationId?: string;
  readonly description?: string;
  readonly responses?: Record<string, unknown>;
}

describe('the description of the API', () => {
  it('is valid OpenAPI and names every operation once, with who may', async (context) => {
    const served = await serveNode(context);
    const { body, status } = await served.ask('GET', '/api/v1/openapi.json');
    assert.equal(status, 200);
    const result = await new Validator().validate(body);
    assert.ok(result.valid, JSON.stringify(result.errors, null, 2));
    const paths = body['paths'] as Record<string, Record<string, Operation>>;
    const operations = Object.values(paths).flatMap((path) => Object.values(path));
    assert.ok(operations.length > 30, `${operations.length} operations`);
    const ids = operations.map(({ operationId }) => operationId);
    assert.equal(new Set(ids).size, ids.length, 'operation ids differ');
    for (const { operationId, description, responses } of operations) {
      assert.match(description ?? '', /^For /, String(operationId));
      assert.ok(Object.keys(responses ?? {}).includes('200'), `${operationId} says what it answers`);
    }
  });

  it('describes what is there: each operation answers, and not with 404', async (context) => {
    const served = await serveNode(context);
    const { body } = await served.ask('GET', '/api/v1/openapi.json');
    const paths = body['paths'] as Record<string, Record<string, Operation>>;
    for (const [path, methods] of Object.entries(paths)) {
      for (const method of Object.keys(methods)) {
        const filled = path.replace(/\{\w+\}/g, '00000000-0000-0000-0000-000000000000');
        const answer = await served.ask(method.toUpperCase(), filled);
        const code = (answer.body['error'] as { code?: string } | undefined)?.code;
        assert.notEqual(code, 'api.route.unknown', `${method} ${path}`);
      }
    }
  });

  it('can be read in a browser, with nothing inline', async (context) => {
    const served = await serveNode(context);
    const page = await served.ask('GET', '/api/docs/');
    assert.equal(page.status, 200);
    assert.doesNotMatch(String(page.headers['content-security-policy']), /unsafe|https:/);
    const inline = [...page.text.matchAll(/<script(?![^>]*\bsrc=)[^>]*>|<style|\son\w+=/g)];
    assert.deepEqual(inline, []);
    for (const [, file = ''] of page.text.matchAll(/(?:src|href)="([^"]+)"/g)) {
      const asset = await served.ask('GET', new URL(file, 'https://node/api/docs/').pathname);
      assert.equal(asset.status, 200, file);
    }
  });
});

describe('a route', () => {
  it('without a policy makes the start fail', async () => {
    const { default: fastify } = await import('fastify');
    const { authorise } = await import('../../../src/api/authorise.ts');
    const app = fastify();
    authorise(app, () => undefined);
    assert.throws(() => app.get('/forgotten', () => 'all of it'), /GET \/forgotten has no policy/);
  });
});
