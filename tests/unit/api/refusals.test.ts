import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { createIdentity } from '../../../src/accounts/identity.ts';
import type { Actor } from '../../../src/store/actor.ts';
import { type ServedNode, serveNode, signIn } from './served-node.ts';

const root: Actor = { name: 'root', via: 'cli' };
const password = 'right horse battery';
/** What no request alone brings about. */
const races: readonly string[] = [
  // Revoked between two steps of the request that asks for it.
  'accounts.profile.revoked',
];
const nowhere = '00000000-0000-0000-0000-000000000000';
const past = '2020-01-01T00:00:00.000Z';
const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI';

type Refusal = readonly [
  request: string,
  body: unknown,
  status: number,
  code: string,
  /** The field of the request that the answer names. */
  field?: string,
];

/** A request for each reason for which a primary node that is not paired says no to an administrator. */
const refusals: readonly Refusal[] = [
  ['POST /users', { name: 'Not A Name', password }, 400, 'store.user.name', 'name'],
  ['POST /users', { name: 'alice', password }, 409, 'store.user.exists', 'name'],
  ['POST /users', { name: 'new', password: 'short' }, 400, 'access.auth.weak-password', 'password'],
  ['POST /users', { name: 'new' }, 400, 'api.invalid', 'password'],
  ['POST /users', { name: 'new', password, more: 1 }, 400, 'api.invalid'],
  ['GET /users?limit=0', undefined, 400, 'api.invalid', 'limit'],
  ['GET /users/nobody', undefined, 404, 'store.user.unknown'],
  ['DELETE /users/nobody', undefined, 404, 'store.user.unknown'],
  ['POST /users/nobody/block', undefined, 404, 'store.user.unknown'],
  ['PUT /users/nobody/password', { password }, 404, 'store.user.unknown'],
  ['POST /users/nobody/one-time-code', { renew: false }, 404, 'store.user.unknown'],
  ['POST /users/nobody/profiles', { name: 'phone' }, 404, 'store.user.unknown'],
  ['PATCH /users/alice', { group: 'nowhere' }, 404, 'store.group.unknown'],
  ['PATCH /users/alice', { expiresAt: past }, 400, 'accounts.user.expiry', 'expiresAt'],
  ['PATCH /users/alice', { routes: ['everywhere'] }, 400, 'accounts.user.route', 'routes'],
  ['PATCH /users/alice', { access: ['all of it'] }, 400, 'accounts.access-rule', 'access'],
  [
    'PATCH /users/alice',
    { address: { profile: 'default', ipv4: '192.0.2.1' } },
    400,
    'accounts.user.address',
    'address',
  ],
  ['POST /users/alice/profiles', { name: 'a/b' }, 400, 'accounts.profile.name', 'name'],
  [
    'POST /users/alice/profiles',
    { name: 'phone', kind: 'auto-login' },
    400,
    'accounts.profile.auto-login-forbidden',
  ],
  [
    'POST /users/carol/profiles',
    { name: 'phone', kind: 'auto-login' },
    400,
    'accounts.profile.other-kind',
    'name',
  ],
  ['DELETE /users/alice/profiles/none', undefined, 404, 'accounts.profile.unknown'],
  ['POST /profiles/generic', {}, 400, 'accounts.generic.off'],
  ['DELETE /profiles/generic', undefined, 400, 'accounts.generic.none'],
  ['POST /users/import', { csv: 'x', dryRun: true }, 400, 'accounts.import.unreadable'],
  ['POST /groups', { name: 'Not A Name' }, 400, 'store.group.name', 'name'],
  ['POST /groups', { name: 'sales' }, 409, 'store.group.exists', 'name'],
  ['POST /groups', { name: 'default' }, 400, 'accounts.group.always'],
  ['GET /groups/nowhere', undefined, 404, 'store.group.unknown'],
  ['DELETE /groups/default', undefined, 400, 'accounts.group.always'],
  ['GET /links/none', undefined, 404, 'accounts.link.unknown'],
  [`DELETE /web-sessions/${nowhere}`, undefined, 404, 'accounts.session.unknown'],
  [`DELETE /me/web-sessions/${nowhere}`, undefined, 404, 'accounts.session.unknown'],
  [
    'POST /tokens',
    { name: 'x', scopes: ['read'], expiresAt: past },
    400,
    'accounts.token.expiry',
    'expiresAt',
  ],
  ['POST /tokens', { name: 'x', scopes: ['everything'] }, 400, 'api.invalid', 'scopes'],
  [`DELETE /tokens/${nowhere}`, undefined, 404, 'accounts.token.unknown'],
  ['PATCH /settings/vpn', { settings: { network: 'x' }, dryRun: true }, 400, 'settings.invalid'],
  ['PATCH /settings/vpn', { settings: { nothing: 1 }, dryRun: true }, 400, 'settings.invalid'],
  [
    'PATCH /settings/vpn',
    { settings: { network: '10.8.0.0/29' }, dryRun: true },
    400,
    'settings.network-too-small',
  ],
  ['PATCH /settings/replication', { protection: 'require' }, 400, 'replica.require.unprotected'],
  ['POST /switchover', undefined, 503, 'pair.switchover.refused'],
  ['PATCH /failover', { vhid: 9 }, 400, 'pair.change.no-pair'],
  ['PATCH /failover', { vhid: 999 }, 400, 'api.invalid', 'vhid'],
  ['DELETE /followers/none', undefined, 404, 'follower.unknown'],
  ['POST /followers/none/verify', undefined, 404, 'follower.unknown'],
  [
    'POST /followers',
    { name: 'branch', publicKey: key, scope: 'accounts', port: 22 },
    400,
    'api.invalid',
    'publicKey',
  ],
  ['GET /replica/divergences/none', undefined, 404, 'replica.divergence.unknown'],
  ['POST /replica/reseed', undefined, 400, 'replica.reseed.active'],
  ['POST /me/password', { current: 'wrong horse', password }, 400, 'accounts.present-password', 'current'],
  ['POST /me/one-time-code/confirm', { code: '123456' }, 400, 'api.one-time-code.not-begun'],
  [
    'PUT /web/certificate',
    { certificate: 'x', privateKey: 'x' },
    400,
    'access.web-certificate.unreadable',
    'certificate',
  ],
  ['POST /backup/restore', undefined, 400, 'backup.not-one'],
  ['PUT /maintenance', { on: 'yes' }, 400, 'api.invalid', 'on'],
  ['GET /nothing', undefined, 404, 'api.route.unknown'],
];

async function office(
  context: TestContext,
): Promise<{ served: ServedNode; headers: Record<string, string> }> {
  const served = await serveNode(context);
  const { node, store } = served;
  store.write(root, await createIdentity(new Date()));
  for (const name of ['boss', 'alice', 'carol']) await node.users.add(root, { name, password });
  await node.users.set(root, 'boss', { administrator: true });
  await node.users.set(root, 'carol', { autoLogin: true });
  for (const device of ['phone', 'a', 'b', 'c', 'd', 'e']) await node.profiles.get(root, 'carol', device);
  await node.groups.add(root, 'sales');
  return { served, headers: (await signIn(served, 'boss', password)).headers };
}

describe('what the API refuses', () => {
  it('is more than so many tokens, which are never forgotten by themselves', async (context) => {
    const { served, headers } = await office(context);
    served.store.write(root, ({ apiTokens }) => {
      for (let at = 0; at < 200; at += 1)
        apiTokens.add({
          id: `${at}`,
          secretHash: `${at}`,
          name: `${at}`,
          userName: 'boss',
          scopes: ['read'],
          createdAt: 1,
          expiresAt: undefined,
        });
    });
    const answer = await served.ask('POST', '/api/v1/tokens', {
      headers,
      body: { name: 'x', scopes: ['read'] },
    });
    assert.equal((answer.body['error'] as { code: string }).code, 'accounts.token.too-many', answer.text);
  });

  it('it says in words, with a code and the next step, names the field, and changes nothing', async (context) => {
    const { served, headers } = await office(context);
    const before = served.store.position.sequence;
    for (const [request, body, status, code, field] of refusals) {
      const [method = '', path = ''] = request.split(' ');
      const answer = await served.ask(method, `/api/v1${path}`, { headers, body });
      const what = `${request} ${JSON.stringify(body)}: ${answer.text.slice(0, 300)}`;
      assert.equal(answer.status, status, what);
      const error = answer.body['error'] as Record<string, string>;
      assert.equal(error['code'], code, what);
      assert.equal(error['field'], field, what);
      assert.ok((error['message'] ?? '').length > 10 && (error['hint'] ?? '').length > 5, what);
    }
    assert.equal(served.store.position.sequence, before, 'nothing was changed');
  });

  it('it refuses to whoever may not, and says why', async (context) => {
    const { served, headers } = await office(context);
    const ask = async (options: Record<string, string>): Promise<string> => {
      const answer = await served.ask('POST', '/api/v1/users/alice/block', { headers: options });
      return (answer.body['error'] as { code: string }).code;
    };
    const made = await served.ask('POST', '/api/v1/tokens', {
      headers,
      body: { name: 'looks', scopes: ['read'] },
    });
    const token = String(made.body['token']);
    assert.equal(await ask({}), 'api.not-signed-in');
    assert.equal(await ask({ authorization: `Bearer ${token}` }), 'api.token.scope');
    assert.equal(await ask((await signIn(served, 'alice', password)).headers), 'api.forbidden');
    await served.node.users.setBlocked(root, 'alice', true);
    const closed = await served.ask('POST', '/api/v1/session', { body: { user: 'alice', password } });
    assert.equal((closed.body['error'] as { code: string }).code, 'accounts.sign-in.closed');
  });
});

it('every refusal of the API, the accounts and the store is asked for in some test', () => {
  const folder = resolve(import.meta.dirname, '../../..');
  const tests = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', 'tests'], {
    cwd: folder,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');
  const rows = readFileSync(join(folder, 'docs/errors.md'), 'utf8').matchAll(
    /^\| `([^`…]+)` \| who asked \| (.*) \|$/gm,
  );
  const untested = [...rows]
    .filter(([, , files = '']) => /src\/(api|accounts|store)\//.test(files))
    .map(([, code = '']) => code)
    .filter((code) => !tests.includes(code) && !races.includes(code));
  assert.deepEqual(untested, []);
});
