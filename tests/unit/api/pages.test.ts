import assert from 'node:assert/strict';
import { get } from 'node:https';
import { describe, it, type TestContext } from 'node:test';
import { Secret, TOTP } from 'otpauth';
import { createIdentity } from '../../../src/accounts/identity.ts';
import type { Actor } from '../../../src/store/actor.ts';
import { type Browser, type ServedNode, serveNode, signIn } from './served-node.ts';

const root: Actor = { name: 'root', via: 'cli' };
const password = 'right horse battery';

async function office(context: TestContext): Promise<{ served: ServedNode; boss: Browser; alice: Browser }> {
  const served = await serveNode(context);
  for (const name of ['boss', 'alice', 'bob']) await served.node.users.add(root, { name, password });
  await served.node.users.set(root, 'boss', { administrator: true });
  const [boss, alice] = [await signIn(served, 'boss', password), await signIn(served, 'alice', password)];
  return { served, boss, alice };
}

function codeOf(answer: { body: Record<string, unknown> }): unknown {
  return (answer.body['error'] as { code?: string } | undefined)?.code;
}

describe('the list of users', () => {
  it('is searched, filtered and paged', async (context) => {
    const { served, boss } = await office(context);
    const csv = ['name,password', ...Array.from({ length: 9 }, (_, index) => `guest-${index},${password}`)];
    await served.node.users.import(root, csv.join('\n'), false);
    await served.node.users.setBlocked(root, 'guest-3', true);
    const list = async (query: string): Promise<{ names: string[]; total: unknown }> => {
      const { body } = await served.ask('GET', `/api/v1/users?${query}`, { headers: boss.headers });
      const users = body['users'] as { name: string }[];
      return { names: users.map(({ name }) => name), total: body['total'] };
    };
    assert.deepEqual(await list('search=guest&offset=2&limit=3'), {
      names: ['guest-2', 'guest-3', 'guest-4'],
      total: 9,
    });
    assert.deepEqual(await list('state=blocked'), { names: ['guest-3'], total: 1 });
    assert.equal((await list('')).total, 12);
    const wrong = await served.ask('GET', '/api/v1/users?limit=0', { headers: boss.headers });
    assert.equal(wrong.status, 400);
  });

  it('is changed many at once, and says of each what came of it', async (context) => {
    const { served, boss } = await office(context);
    const { body } = await served.ask('POST', '/api/v1/users/bulk', {
      headers: boss.headers,
      body: { action: 'block', users: ['alice', 'nobody', 'bob'] },
    });
    const results = body['results'] as { name: string; done: boolean; problem: string | null }[];
    assert.deepEqual(
      results.map(({ name, done }) => [name, done]),
      [
        ['alice', true],
        ['nobody', false],
        ['bob', true],
      ],
    );
    assert.match(results[1]?.problem ?? '', /no user nobody/);
    assert.ok(served.node.users.show('bob').blocked);
  });
});

describe('an import of users', () => {
  const send = (
    served: ServedNode,
    boss: Browser,
    csv: string,
    dryRun = false,
  ): ReturnType<ServedNode['ask']> =>
    served.ask('POST', '/api/v1/users/import', { headers: boss.headers, body: { csv, dryRun } });

  it('adds everybody, with group and role', async (context) => {
    const { served, boss } = await office(context);
    await served.node.groups.add(root, 'sales');
    const csv = `name,password,group,role\ncarol,${password},sales,\n"dave",${password},,read-only\n`;
    assert.equal((await send(served, boss, csv, true)).body['added'], 0);
    assert.equal((await send(served, boss, csv)).body['added'], 2);
    assert.equal(served.node.users.show('carol').group, 'sales');
    assert.equal(served.node.users.show('dave').readOnly, true);
    await signIn(served, 'dave', password);
  });

  it('adds nobody when a line is wrong, and names each that is', async (context) => {
    const { served, boss } = await office(context);
    const lines = [
      'name,password,group,role',
      `carol,${password},,`,
      `Dave!,${password},,`,
      'erin,short,,',
      `alice,${password},,`,
      `carol,${password},,`,
      `frank,${password},nowhere,`,
      `grace,${password},,king`,
    ];
    const { body } = await send(served, boss, lines.join('\n'));
    const rows = body['rows'] as { line: number; problem: string | null }[];
    assert.deepEqual(
      rows.filter(({ problem }) => problem !== null).map(({ line }) => line),
      [3, 4, 5, 6, 7, 8],
    );
    assert.equal(body['added'], 0);
    assert.throws(() => served.node.users.show('carol'));
    assert.ok(!JSON.stringify(body).includes(password), 'no password comes back');
  });

  it('is refused whole when it is no such file', async (context) => {
    const { served, boss } = await office(context);
    for (const csv of [
      '',
      'name\ncarol',
      'name,password,age\na,b,3',
      'name,password\n"open',
      'name,password\na',
    ]) {
      assert.equal(codeOf(await send(served, boss, csv)), 'accounts.import.unreadable', csv);
    }
  });
});

describe('the portal', () => {
  it('shows people themselves, and lets them change the password with the old one', async (context) => {
    const { served, alice } = await office(context);
    const me = await served.ask('GET', '/api/v1/me', { headers: alice.headers });
    assert.equal(me.body['name'], 'alice');
    const change = (current: string, next: string): ReturnType<ServedNode['ask']> =>
      served.ask('POST', '/api/v1/me/password', {
        headers: alice.headers,
        body: { current, password: next },
      });
    assert.equal(codeOf(await change('wrong horse', 'another horse')), 'accounts.present-password');
    assert.equal(codeOf(await change(password, 'short')), 'access.auth.weak-password');
    const changed = await change(password, 'another horse');
    assert.equal(changed.status, 200);
    assert.notEqual(changed.headers['set-cookie'], undefined, 'a new session, for the old one has ended');
    assert.equal((await served.ask('GET', '/api/v1/me', { headers: alice.headers })).status, 401);
    await signIn(served, 'alice', 'another horse');
  });

  it('sets one-time codes up only after the app has shown one', async (context) => {
    const { served, alice } = await office(context);
    const post = (path: string, body: object): ReturnType<ServedNode['ask']> =>
      served.ask('POST', `/api/v1/me/one-time-code/${path}`, { headers: alice.headers, body });
    assert.equal(codeOf(await post('confirm', { code: '123456' })), 'api.one-time-code.not-begun');
    assert.equal(codeOf(await post('begin', { current: 'wrong' })), 'accounts.present-password');
    const begun = await post('begin', { current: password });
    assert.match(String(begun.body['qr']), /^data:image\/svg\+xml;base64,/);
    assert.equal(codeOf(await post('confirm', { code: '000000' })), 'api.one-time-code.wrong');
    await signIn(served, 'alice', password);
    const code = new TOTP({ secret: Secret.fromBase32(String(begun.body['key'])) }).generate();
    assert.equal((await post('confirm', { code })).status, 200);
    await assert.rejects(signIn(served, 'alice', password), /code-needed/);
    const again = await served.ask('POST', '/api/v1/session', { body: { user: 'alice', password, code } });
    assert.equal(again.status, 401, 'the code that confirmed is used');
  });

  it('gives people their own profile, directly and by a link that works once', async (context) => {
    const { served, alice, boss } = await office(context);
    served.store.write(root, await createIdentity(new Date()));
    const own = await served.ask('POST', '/api/v1/me/profiles', { headers: alice.headers, body: {} });
    assert.equal(own.body['commonName'], 'alice:default');
    const link = await served.ask('POST', '/api/v1/me/profiles/phone/link', { headers: alice.headers });
    const { pathname, host } = new URL(String(link.body['url']));
    assert.equal(host, `127.0.0.1:${served.port}`);
    const fetched = await served.ask('GET', pathname);
    assert.equal(fetched.status, 200);
    assert.match(fetched.text, /^client$/m);
    assert.match(String(fetched.headers['content-disposition']), /alice-phone\.ovpn/);
    assert.equal(codeOf(await served.ask('GET', pathname)), 'accounts.link.unknown');
    const others = await served.ask('POST', '/api/v1/users/bob/profiles', {
      headers: alice.headers,
      body: { name: 'default' },
    });
    assert.equal(others.status, 403);
    const forBob = await served.ask('POST', '/api/v1/users/bob/profiles/default/link', {
      headers: boss.headers,
    });
    await served.node.users.setBlocked(root, 'bob', true);
    const blocked = await served.ask('GET', new URL(String(forBob.body['url'])).pathname);
    assert.equal(codeOf(blocked), 'accounts.link.unknown');
  });
});

describe('what leaves', () => {
  it('holds no key, hash or secret, but a profile in the one answer that it was made for', async (context) => {
    const { served, boss, alice } = await office(context);
    served.store.write(root, await createIdentity(new Date()));
    await served.ask('POST', '/api/v1/users/alice/profiles', {
      headers: boss.headers,
      body: { name: 'default' },
    });
    const { key } = await served.node.users.oneTimeKey(root, 'bob', false);
    const [certificate] = served.store.certificates.ofUser('alice');
    assert.ok(certificate !== undefined);
    const secrets = [
      key,
      certificate.privateKey.slice(40, 90),
      certificate.tlsCryptV2Key.slice(60, 100),
      served.node.users.show('alice').passwordHash,
      (served.store.identity.get('ca-private-key') ?? '').slice(40, 90),
      (served.store.identity.get('web-private-key') ?? '').slice(40, 90),
      alice.cookie.split('=')[1] ?? '',
    ];
    const { body } = await served.ask('GET', '/api/v1/openapi.json');
    const paths = body['paths'] as Record<string, Record<string, unknown>>;
    const looked: string[] = [];
    for (const [path, methods] of Object.entries(paths)) {
      if (!('get' in methods) || path.endsWith('/events')) continue;
      const filled = path.replace('{user}', 'alice').replace(/\{\w+\}/g, 'default');
      const answer = await served.ask('GET', filled, { headers: boss.headers });
      looked.push(`${answer.status} ${filled}`);
      for (const secret of secrets) assert.ok(!answer.text.includes(secret), `${filled} holds a secret`);
    }
    assert.ok(looked.filter((one) => one.startsWith('200')).length > 15, looked.join('\n'));
  });
});

describe('the events', () => {
  it('tell of the status and of changes, and end with the session', async (context) => {
    const { served, boss } = await office(context);
    let text = '';
    const ended = Promise.withResolvers<void>();
    const outgoing = get({
      host: '127.0.0.1',
      port: served.port,
      path: '/api/v1/events',
      ca: served.store.identity.get('web-certificate'),
      agent: false,
      headers: boss.headers,
    });
    outgoing.on('error', () => ended.resolve());
    outgoing.on('response', (response) => {
      assert.equal(response.headers['content-type'], 'text/event-stream');
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('close', () => ended.resolve());
      response.on('error', () => ended.resolve());
    });
    const heard = async (what: RegExp): Promise<void> => {
      for (let waited = 0; !what.test(text); waited += 20) {
        assert.ok(waited < 10_000, `heard only ${text}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    await heard(/^event: status\ndata: \{.*"role":"active"/m);
    await served.node.users.setBlocked(root, 'bob', true);
    await heard(/^event: journal\ndata: .*"tables":\[[^\]]*"user"/m);
    await served.node.web.sessions.closeAll(root, 'boss');
    await ended.promise;
  });
});

describe('the pages that are only looked at', () => {
  it('answer with what is there', async (context) => {
    const { served, boss } = await office(context);
    const look = async (path: string): Promise<Record<string, unknown>> => {
      const answer = await served.ask('GET', `/api/v1/${path}`, { headers: boss.headers });
      assert.equal(answer.status, 200, `${path}: ${answer.text}`);
      return answer.body;
    };
    const overview = await look('overview');
    assert.deepEqual(overview['users'], { total: 3, blocked: 0 });
    const history = await look('history');
    assert.equal((history['epochs'] as { node: string }[])[0]?.node, 'node-t');
    const about = await look('about');
    assert.match(String((about['versions'] as Record<string, string>)['node']), /^\d+\./);
    await look('log?lines=10');
    const first = await look('journal?last=2');
    const entries = first['entries'] as { sequence: number }[];
    const before = await look(`journal?last=2&before=${entries[0]?.sequence}`);
    const [earlier] = (before['entries'] as { sequence: number }[]).toReversed();
    assert.equal(earlier?.sequence, (entries[0]?.sequence ?? 0) - 1);
  });
});
