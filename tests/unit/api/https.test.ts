import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Actor } from '../../../src/store/actor.ts';
import { type ServedNode, serveNode, signIn } from './served-node.ts';

const root: Actor = { name: 'root', via: 'cli' };
const password = 'right horse battery';

async function office(context: TestContext): Promise<ServedNode> {
  const served = await serveNode(context);
  for (const name of ['boss', 'auditor', 'alice', 'carol'])
    await served.node.users.add(root, { name, password });
  await served.node.users.set(root, 'boss', { administrator: true });
  await served.node.users.set(root, 'auditor', { readOnly: true });
  return served;
}

function codeOf(answer: { body: Record<string, unknown> }): unknown {
  return (answer.body['error'] as { code?: string } | undefined)?.code;
}

describe('signing in', () => {
  it('gives a cookie that only TLS, only this host and no script gets to see', async (context) => {
    const served = await office(context);
    const answer = await served.ask('POST', '/api/v1/session', { body: { user: 'boss', password } });
    assert.equal(answer.status, 200);
    assert.equal(answer.body['role'], 'administrator');
    const [cookie = ''] = answer.headers['set-cookie'] ?? [];
    const [pair = '', ...attributes] = cookie.split('; ');
    assert.match(pair, /^__Host-tandem=[\w-]{43}$/);
    const names = attributes.map((one: string) => one.split('=')[0]);
    for (const wanted of ['HttpOnly', 'Secure', 'SameSite', 'Path', 'Expires']) {
      assert.ok(names.includes(wanted), `${wanted} is missing from ${cookie}`);
    }
    assert.match(cookie, /SameSite=Strict/);
    assert.match(cookie, /Path=\/(;|$)/);
    assert.doesNotMatch(cookie, /Domain/);
    const secret = pair.split('=')[1] ?? '';
    assert.ok(!JSON.stringify(answer.body).includes(secret), 'the secret is in the cookie alone');
    assert.ok(!JSON.stringify(served.store.webSessions.list()).includes(secret), 'it is not kept as it is');
  });

  it('answers the same for a name that exists and one that does not, also when both are locked out', async (context) => {
    const served = await office(context);
    const attempt = (user: string): ReturnType<ServedNode['ask']> =>
      served.ask('POST', '/api/v1/session', { body: { user, password: 'wrong' } });
    for (let count = 0; count < 7; count += 1) {
      const [known, unknown] = [await attempt('alice'), await attempt('nobody')];
      assert.deepEqual(known.body, unknown.body, `attempt ${count + 1}`);
      assert.equal(known.status, unknown.status);
      assert.equal(known.headers['set-cookie'], undefined);
      assert.equal(
        codeOf(known),
        count < 5 ? 'accounts.sign-in.wrong' : 'accounts.sign-in.locked-out',
        `attempt ${count + 1}`,
      );
    }
    const right = await served.ask('POST', '/api/v1/session', { body: { user: 'alice', password } });
    assert.equal(right.status, 429, 'the right password does not open a locked account');
    const other = await served.ask('POST', '/api/v1/session', { body: { user: 'boss', password } });
    assert.equal(other.status, 200, 'others are not locked out by it');
  });

  it('takes as long for a name that does not exist as for one that does', async (context) => {
    const served = await serveNode(context);
    const people = Array.from({ length: 9 }, (_, at) => `person-${at}`);
    for (const name of people) await served.node.users.add(root, { name, password });
    const took = async (user: string): Promise<number> => {
      const begun = performance.now();
      await served.ask('POST', '/api/v1/session', { body: { user, password: 'wrong horse' } });
      return performance.now() - begun;
    };
    await took('nobody-at-all');
    const [known, unknown]: [number[], number[]] = [[], []];
    for (const name of people) {
      known.push(await took(name));
      unknown.push(await took(`no-${name}`));
    }
    const middle = (times: number[]): number =>
      times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
    const ratio = middle(known) / middle(unknown);
    assert.ok(ratio > 0.5 && ratio < 2, `a known name takes ${ratio} times as long`);
  });

  it('is limited by address, however many names are tried', async (context) => {
    const served = await office(context);
    const statuses: number[] = [];
    for (let count = 0; count < 21; count += 1) {
      const answer = await served.ask('POST', '/api/v1/session', {
        body: { user: `user${count}`, password: 'wrong horse' },
      });
      statuses.push(answer.status);
      if (answer.status === 429) assert.equal(codeOf(answer), 'api.too-many-requests');
    }
    assert.deepEqual(statuses, [...Array.from({ length: 20 }, () => 401), 429]);
  });

  it('asks for the one-time code only when the password was right, and takes each code once', async (context) => {
    const served = await office(context);
    const { key } = await served.node.users.oneTimeKey(root, 'boss', false);
    const { Secret, TOTP } = await import('otpauth');
    const code = new TOTP({ secret: Secret.fromBase32(key) }).generate();
    const attempt = (body: object): ReturnType<ServedNode['ask']> =>
      served.ask('POST', '/api/v1/session', { body: { user: 'boss', ...body } });
    assert.equal(codeOf(await attempt({ password: 'wrong' })), 'accounts.sign-in.wrong');
    assert.equal(codeOf(await attempt({ password })), 'accounts.sign-in.code-needed');
    assert.equal(codeOf(await attempt({ password, code: '000000' })), 'accounts.sign-in.wrong');
    assert.equal((await attempt({ password, code })).status, 200);
    assert.equal(codeOf(await attempt({ password, code })), 'accounts.sign-in.wrong');
  });

  it('ends by signing out, by a new password, by blocking and by an administrator', async (context) => {
    const served = await office(context);
    const who = async (cookie: string): Promise<unknown> =>
      (await served.ask('GET', '/api/v1/session', { headers: { cookie } })).body['user'];

    const first = await signIn(served, 'alice', password);
    assert.equal(await who(first.cookie), 'alice');
    await served.ask('DELETE', '/api/v1/session', { headers: first.headers });
    assert.equal(await who(first.cookie), null);

    const second = await signIn(served, 'alice', password);
    await served.node.users.setPassword(root, 'alice', 'another horse');
    assert.equal(await who(second.cookie), null);

    const third = await signIn(served, 'alice', 'another horse');
    await served.node.users.setBlocked(root, 'alice', true);
    assert.equal(await who(third.cookie), null);
    await served.node.users.setBlocked(root, 'alice', false);

    const fourth = await signIn(served, 'alice', 'another horse');
    const boss = await signIn(served, 'boss', password);
    const list = await served.ask('GET', '/api/v1/web-sessions', { headers: boss.headers });
    const sessions = list.body['sessions'] as { id: string; user: string }[];
    assert.deepEqual(sessions.map(({ user }) => user).toSorted(), ['alice', 'boss']);
    for (const { id } of sessions.filter(({ user }) => user === 'alice'))
      await served.ask('DELETE', `/api/v1/web-sessions/${id}`, { headers: boss.headers });
    assert.equal(await who(fourth.cookie), null);
    assert.equal(await who(boss.cookie), 'boss');
  });

  it('goes along to another address of the pair by a ticket, which works once', async (context) => {
    const served = await office(context);
    const boss = await signIn(served, 'boss', password);
    const { body } = await served.ask('POST', '/api/v1/session/ticket', { headers: boss.headers });
    const redeem = (): ReturnType<ServedNode['ask']> =>
      served.ask('POST', '/api/v1/session/redeem', { body: { ticket: body['ticket'] } });
    const there = await redeem();
    assert.equal(there.body['user'], 'boss');
    assert.notEqual(there.headers['set-cookie'], undefined);
    assert.equal((await redeem()).status, 401);
  });
});

describe('a change by a browser', () => {
  it("needs the session's token and our own origin", async (context) => {
    const served = await office(context);
    const boss = await signIn(served, 'boss', password);
    const origin = `https://127.0.0.1:${served.port}`;
    const block = (headers: Record<string, string>): ReturnType<ServedNode['ask']> =>
      served.ask('POST', '/api/v1/users/alice/block', { headers });
    for (const headers of [
      { cookie: boss.cookie },
      { cookie: boss.cookie, 'x-csrf-token': 'guessed' },
      { ...boss.headers, origin: 'https://evil.example' },
      { ...boss.headers, origin: 'null' },
    ]) {
      const answer = await block(headers);
      assert.equal(answer.status, 403);
      assert.equal(codeOf(answer), 'api.csrf');
    }
    assert.equal(served.node.users.show('alice').blocked, false);
    assert.equal((await block({ ...boss.headers, origin })).status, 200);
    assert.equal(served.node.users.show('alice').blocked, true);
  });

  it('is written down under the name of who is signed in, whatever a header claims', async (context) => {
    const served = await office(context);
    const boss = await signIn(served, 'boss', password);
    await served.ask('POST', '/api/v1/users/alice/block', {
      headers: { ...boss.headers, 'x-tandem-actor': 'somebody-else' },
    });
    const [last] = served.store.entriesAfter(served.store.position.sequence - 1, 1);
    assert.deepEqual(JSON.parse(last?.actor ?? ''), { name: 'boss', via: 'web' });
  });
});

describe('roles', () => {
  it('decide what is seen and changed', async (context) => {
    const served = await office(context);
    const who = {
      nobody: {},
      alice: (await signIn(served, 'alice', password)).headers,
      auditor: (await signIn(served, 'auditor', password)).headers,
      boss: (await signIn(served, 'boss', password)).headers,
    };
    const cases: [method: string, path: string, statuses: Record<keyof typeof who, number>][] = [
      ['GET', '/api/v1/session', { nobody: 200, alice: 200, auditor: 200, boss: 200 }],
      ['GET', '/api/v1/status', { nobody: 401, alice: 403, auditor: 200, boss: 200 }],
      ['GET', '/api/v1/users', { nobody: 401, alice: 403, auditor: 200, boss: 200 }],
      ['GET', '/api/v1/journal', { nobody: 401, alice: 403, auditor: 200, boss: 200 }],
      ['GET', '/api/v1/me/web-sessions', { nobody: 401, alice: 200, auditor: 200, boss: 200 }],
      ['GET', '/api/v1/tokens', { nobody: 401, alice: 403, auditor: 403, boss: 200 }],
      ['POST', '/api/v1/users/carol/block', { nobody: 401, alice: 403, auditor: 403, boss: 200 }],
      ['POST', '/api/v1/users/carol/unblock', { nobody: 401, alice: 403, auditor: 403, boss: 200 }],
      ['POST', '/api/v1/pairing', { nobody: 401, alice: 403, auditor: 403, boss: 403 }],
      ['GET', '/api/v1/nothing', { nobody: 404, alice: 404, auditor: 404, boss: 404 }],
    ];
    for (const [method, path, statuses] of cases) {
      for (const [name, headers] of Object.entries(who)) {
        const answer = await served.ask(method, path, { headers });
        assert.equal(answer.status, statuses[name as keyof typeof who], `${name}: ${method} ${path}`);
      }
    }
  });
});

describe('a token', () => {
  it('does what its scopes say and not more, and never more than its maker may', async (context) => {
    const served = await office(context);
    const boss = await signIn(served, 'boss', password);
    const make = async (scopes: string[]): Promise<Record<string, string>> => {
      const made = await served.ask('POST', '/api/v1/tokens', {
        headers: boss.headers,
        body: { name: scopes.join('+'), scopes },
      });
      assert.equal(made.status, 200, made.text);
      const token = String(made.body['token']);
      assert.ok(!JSON.stringify(served.store.apiTokens.list()).includes(token), 'it is not kept as it is');
      return { authorization: `Bearer ${token}` };
    };
    const [looks, users, all] = [
      await make(['read']),
      await make(['users:read', 'users:write']),
      await make(['all']),
    ];
    const status = async (method: string, path: string, headers: Record<string, string>): Promise<number> =>
      (await served.ask(method, path, { headers })).status;

    assert.equal(await status('GET', '/api/v1/users', looks), 200);
    assert.equal(await status('GET', '/api/v1/status', looks), 200);
    assert.equal(await status('POST', '/api/v1/users/alice/block', looks), 403);
    assert.equal(await status('POST', '/api/v1/users/alice/block', users), 200);
    assert.equal(await status('GET', '/api/v1/status', users), 403);
    assert.equal(await status('POST', '/api/v1/switchover', users), 403);
    assert.equal(
      await status('POST', '/api/v1/switchover', all),
      503,
      'allowed, but there is no second node',
    );
    assert.equal(await status('POST', '/api/v1/tokens', all), 403, 'a token makes no token');
    assert.equal(
      await status('GET', '/api/v1/users', { authorization: 'Bearer tandem_wrongwrongwrong' }),
      401,
    );

    await served.node.users.set(root, 'boss', { administrator: false, readOnly: true });
    assert.equal(await status('POST', '/api/v1/users/alice/unblock', all), 403);
    assert.equal(await status('GET', '/api/v1/users', all), 200);
    await served.node.users.setBlocked(root, 'boss', true);
    assert.equal(await status('GET', '/api/v1/users', all), 401);
  });
});

describe('every answer', () => {
  it('tells the browser to run nothing inline, to frame nothing and to keep nothing', async (context) => {
    const served = await office(context);
    for (const path of ['/', '/users', '/api/v1/session', '/api/v1/status', '/nothing.png']) {
      const { headers } = await served.ask('GET', path);
      const policy = String(headers['content-security-policy']);
      assert.match(policy, /default-src 'none'/, path);
      assert.match(policy, /frame-ancestors 'none'/, path);
      assert.doesNotMatch(policy, /unsafe|\*/, path);
      assert.equal(headers['x-content-type-options'], 'nosniff', path);
      assert.match(String(headers['strict-transport-security']), /max-age=\d{7,}/, path);
      assert.equal(headers['referrer-policy'], 'no-referrer', path);
      assert.equal(headers['cache-control'], 'no-store', path);
    }
  });
});

describe('a standby', () => {
  it('lets people sign in and look, and refuses changes', async (context) => {
    const served = await office(context);
    // What arrives at a standby: the copy of a store with these users in it.
    const standby = await serveNode(context, { start: 'failover' });
    const { store } = standby;
    store.apply(...served.store.entriesAfter(0, 1_000));
    const boss = await signIn(standby, 'boss', password);
    assert.equal((await standby.ask('GET', '/api/v1/users', { headers: boss.headers })).status, 200);
    const refusal = await standby.ask('POST', '/api/v1/users/alice/block', { headers: boss.headers });
    assert.equal(refusal.status, 409);
    assert.equal(codeOf(refusal), 'pair.standby');
  });

  it('knows who signed in on the node that was active before', async (context) => {
    const served = await office(context);
    const boss = await signIn(served, 'boss', password);
    const standby = await serveNode(context, { start: 'failover' });
    standby.store.apply(...served.store.entriesAfter(0, 1_000));
    const answer = await standby.ask('GET', '/api/v1/session', { headers: { cookie: boss.cookie } });
    assert.equal(answer.body['user'], 'boss');
    assert.equal(answer.body['csrf'], boss.csrf);
  });
});
