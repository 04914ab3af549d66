import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Actor } from '../../../src/store/actor.ts';
import { type ServedNode, serveNode, signIn } from './served-node.ts';

const root: Actor = { name: 'root', via: 'cli' };
const password = 'right horse battery';

/** What is one's own, and what needs nobody: all that a user gets to. */
const own = /^\/api\/v1\/(me(\/|$)|session(\/|$)|links\/)/;
/** Signed in or not, whoever reads these gets a secret: they are for administrators, also where nothing is changed. */
const secret = /\/(tokens|web-sessions)$|\/following\/key$|\/export$/;

/** Every operation of the API, from its own description; the test of that one says that it names every route. */
async function operations(served: ServedNode): Promise<(readonly [method: string, path: string])[]> {
  const { body } = await served.ask('GET', '/api/v1/openapi.json');
  return Object.entries(body['paths'] as Record<string, Record<string, unknown>>).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => [method.toUpperCase(), path] as const),
  );
}

it('who may only look changes nothing, who is a user gets to what is their own, and nobody to nothing', async (context) => {
  const served = await serveNode(context);
  for (const name of ['auditor', 'alice']) await served.node.users.add(root, { name, password });
  await served.node.users.set(root, 'auditor', { readOnly: true });
  const who = {
    nobody: {},
    alice: (await signIn(served, 'alice', password)).headers,
    auditor: (await signIn(served, 'auditor', password)).headers,
  };
  const mayAsk: Record<keyof typeof who, (method: string, path: string) => boolean> = {
    nobody: (_, path) => /^\/api\/v1\/(session(\/redeem)?$|links\/)/.test(path),
    alice: (_, path) => own.test(path),
    auditor: (method, path) => own.test(path) || (method === 'GET' && !secret.test(path)),
  };
  const all = await operations(served);
  const before = served.store.position.sequence;
  let refusals = 0;
  for (const [method, path] of all) {
    const filled = path.replace(/\{\w+\}/g, 'alice');
    for (const [name, headers] of Object.entries(who)) {
      if (mayAsk[name as keyof typeof who](method, path)) continue;
      const answer = await served.ask(method, filled, { headers });
      const { code } = answer.body['error'] as { code: string };
      assert.equal(
        answer.status,
        name === 'nobody' ? 401 : 403,
        `${name}: ${method} ${path}: ${answer.text}`,
      );
      assert.equal(
        code,
        name === 'nobody' ? 'api.not-signed-in' : 'api.forbidden',
        `${name}: ${method} ${path}`,
      );
      refusals += 1;
    }
  }
  assert.ok(refusals > 150, `${refusals} refusals of ${all.length} operations`);
  assert.equal(served.store.position.sequence, before, 'nothing was changed');
  for (const [method, path] of all) {
    if (method !== 'GET' || path.endsWith('/events') || !mayAsk.auditor(method, path)) continue;
    const answer = await served.ask(method, path.replace(/\{\w+\}/g, 'alice'), { headers: who.auditor });
    assert.ok(![401, 403].includes(answer.status), `auditor: ${path}: ${answer.text}`);
  }
});
