import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type LoginAccount, LoginGate } from '../../../src/access/auth/login-gate.ts';
import {
  checkPassword,
  DEFAULT_COST,
  hashPassword,
  needsRehash,
  verifyPassword,
} from '../../../src/access/auth/password.ts';
import { parsePhc } from '../../../src/access/auth/phc.ts';
import { Turnstile } from '../../../src/access/auth/turnstile.ts';
import type { LoginRequest } from '../../../src/core/openvpn/management/messages.ts';

const cheap = { memoryKib: 64, passes: 1, lanes: 1 };

describe('passwords', () => {
  it('verify against the published argon2id vector (phc-winner-argon2, src/test.c)', async () => {
    const published =
      '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
    assert.equal(await verifyPassword('password', published), true);
    assert.equal(await verifyPassword('passwore', published), false);
  });

  it('round trip, with a new salt each time', async () => {
    const [one, two] = [
      await hashPassword('correct horse', cheap),
      await hashPassword('correct horse', cheap),
    ];
    assert.notEqual(one, two);
    assert.match(one, /^\$argon2id\$v=19\$m=64,t=1,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    assert.equal(await verifyPassword('correct horse', one), true);
    assert.equal(await verifyPassword('correct horse ', one), false);
  });

  it('cost what OWASP asks for', async () => {
    const stored = await hashPassword('correct horse');
    assert.ok(stored.startsWith('$argon2id$v=19$m=19456,t=2,p=1$'));
    assert.equal(needsRehash(stored), false);
    assert.equal(needsRehash(await hashPassword('correct horse', cheap)), true);
    assert.deepEqual(parsePhc(stored)?.cost, DEFAULT_COST);
  });

  it('are the same however their letters are composed', async () => {
    assert.equal(await verifyPassword('cafe\u0301 noir', await hashPassword('caf\u00e9 noir', cheap)), true);
  });

  it('of nobody are wrong', async () => {
    assert.equal(await verifyPassword('anything', undefined), false);
  });

  it('need 8 to 1024 characters', () => {
    for (const bad of ['', 'short77', 'x'.repeat(1025)]) {
      assert.throws(() => checkPassword(bad), { code: 'access.auth.weak-password' });
    }
    for (const good of ['12345678', 'x'.repeat(1024), '🙂'.repeat(8)]) checkPassword(good);
  });

  it('with a hash that cannot be read are an error, not a yes or no', async () => {
    const hash = 'CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
    for (const stored of [
      '',
      'plain',
      `$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$${hash}`,
      `$argon2id$v=19$m=9999999,t=2,p=1$c29tZXNhbHQ$${hash}`,
      `$argon2id$v=19$m=65536,t=0,p=1$c29tZXNhbHQ$${hash}`,
      `$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$${hash}\n`,
    ]) {
      await assert.rejects(verifyPassword('password', stored), { code: 'access.auth.unreadable-hash' });
    }
  });
});

function login(username: string, password: string, commonName = `${username}:default`): LoginRequest {
  const env = new Map([
    ['common_name', commonName],
    ['username', username],
  ]);
  return { type: 'login', kind: 'connect', cid: 1, kid: 1, env, password: () => password };
}

describe('the login gate', () => {
  const accounts = new Map<string, LoginAccount>();
  const gate = new LoginGate({ findAccount: (name) => accounts.get(name) });

  async function verdict(request: LoginRequest): Promise<string> {
    const decision = await gate.decide(request);
    return decision.accept ? 'accepted' : `${decision.refusal}: ${decision.words}`;
  }

  it('decides by owner, account and password', async () => {
    accounts.set('alice', { blocked: false, passwordHash: await hashPassword('good horse', cheap) });
    accounts.set('bob', { blocked: true, passwordHash: await hashPassword('good horse', cheap) });
    assert.equal(await verdict(login('alice', 'good horse')), 'accepted');
    assert.equal(await verdict(login('alice', 'bad horse')), 'wrong-password: wrong user name or password');
    assert.equal(await verdict(login('bob', 'good horse')), 'blocked: user is blocked');
    assert.equal(await verdict(login('bob', 'bad horse')), 'wrong-password: wrong user name or password');
    assert.equal(await verdict(login('carol', 'x')), 'unknown-user: wrong user name or password');
    assert.equal(
      await verdict(login('alice', 'good horse', 'bob:default')),
      'other-user: this profile belongs to another user',
    );
    assert.match(await verdict(login('alice', 'good horse', 'server')), /^not-a-profile/);
    assert.match(await verdict(login('alice', 'x'.repeat(5000))), /^wrong-password/);
  });

  it('takes as long for an unknown user as for a known one', async () => {
    accounts.set('dora', { blocked: false, passwordHash: await hashPassword('good horse') });
    const medianMs = async (name: string): Promise<number> => {
      const times: number[] = [];
      for (let run = 0; run < 7; run += 1) {
        const start = performance.now();
        await verdict(login(name, 'bad horse'));
        times.push(performance.now() - start);
      }
      return times.sort((a, b) => a - b)[3]!;
    };
    const [known, unknown] = [await medianMs('dora'), await medianMs('nobody')];
    assert.ok(unknown > known / 3 && unknown < known * 3, `known ${known} ms, unknown ${unknown} ms`);
  });

  it('turns away whom it cannot queue, and lets the event loop run meanwhile', async () => {
    accounts.set('erin', { blocked: false, passwordHash: await hashPassword('good horse') });
    const narrow = new LoginGate({
      findAccount: (name) => accounts.get(name),
      concurrency: 1,
      queueLimit: 3,
    });
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 1);
    const decisions = await Promise.all(
      Array.from({ length: 6 }, () => narrow.decide(login('erin', 'good horse'))),
    );
    clearInterval(timer);
    assert.equal(decisions.filter((one) => one.accept).length, 4);
    const away = decisions.filter((one) => !one.accept);
    assert.ok(away.every((one) => one.refusal === 'too-many-logins'));
    assert.ok(turns > 3, `the event loop turned ${turns} times`);
    assert.ok((await narrow.decide(login('erin', 'good horse'))).accept);
  });
});

describe('the turnstile', () => {
  it('never lets in more than it may, also when tasks fail', async () => {
    const turnstile = new Turnstile({ concurrency: 2, queueLimit: 100 });
    let inside = 0;
    let most = 0;
    const tasks = Array.from({ length: 20 }, (_, index) =>
      turnstile.pass(async () => {
        inside += 1;
        most = Math.max(most, inside);
        await new Promise((resolve) => setImmediate(resolve));
        inside -= 1;
        if (index % 3 === 0) throw new Error('broken');
        return index;
      }),
    );
    const outcomes = await Promise.allSettled(tasks);
    assert.equal(most, 2);
    assert.equal(inside, 0);
    assert.equal(outcomes.filter((one) => one.status === 'rejected').length, 7);
  });
});
