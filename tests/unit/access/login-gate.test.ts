import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Secret, TOTP } from 'otpauth';
import { type LoginAccount, LoginGate } from '../../../src/access/auth/login-gate.ts';
import { type LoginFact, LoginMemory } from '../../../src/access/auth/login-memory.ts';
import { hashPassword } from '../../../src/access/auth/password.ts';
import { defaultLockoutRules } from '../../../src/core/accounts/lockout.ts';
import type { LoginRequest } from '../../../src/core/openvpn/management/messages.ts';

const cheap = { memoryKib: 64, passes: 1, lanes: 1 };
const key = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

function login(password: string, code?: string): LoginRequest {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const typed = code === undefined ? password : `SCRV1:${base64(password)}:${base64(code)}`;
  const env = new Map([
    ['common_name', 'alice:default'],
    ['username', 'alice'],
  ]);
  return { type: 'login', kind: 'connect', cid: 1, kid: 1, env, password: () => typed };
}

function codeAt(milliseconds: number): string {
  return new TOTP({ secret: Secret.fromBase32(key) }).generate({ timestamp: milliseconds });
}

class Door {
  account: LoginAccount;
  now = 1_700_000_000_000;
  readonly facts: LoginFact[] = [];
  keeps = true;
  gate!: LoginGate;

  private constructor(account: LoginAccount) {
    this.account = account;
    this.takeOver();
  }

  static async create(account: Partial<LoginAccount> = {}): Promise<Door> {
    return new Door({ blocked: false, passwordHash: await hashPassword('right horse', cheap), ...account });
  }

  /** The other node knows what was kept in the account, and nothing else. */
  takeOver(): void {
    const remember = async (fact: LoginFact): Promise<boolean> => {
      this.facts.push(fact);
      if (!this.keeps) return false;
      if (fact.type === 'locked-out') this.account = { ...this.account, lockedUntil: fact.until };
      else this.account = { ...this.account, oneTimeCode: { key, lastStep: fact.step } };
      return true;
    };
    const memory = new LoginMemory({ now: () => this.now, remember });
    this.gate = new LoginGate({ findAccount: () => this.account, memory });
  }

  async answer(password: string, code?: string): Promise<string> {
    const decision = await this.gate.decide(login(password, code));
    return decision.accept ? 'in' : `${decision.refusal}: ${decision.words}`;
  }
}

describe('lockout', () => {
  it('comes after five wrong answers, says so, is kept once, and ends', async () => {
    const door = await Door.create();
    for (let attempt = 0; attempt < 5; attempt += 1)
      assert.match(await door.answer('wrong'), /^wrong-password/);
    for (let attempt = 0; attempt < 20; attempt += 1)
      assert.equal(
        await door.answer('right horse'),
        'locked-out: too many wrong passwords or codes, try again in 15 minutes',
      );
    assert.deepEqual(door.facts, [
      { type: 'locked-out', username: 'alice', until: door.now + defaultLockoutRules.durationMs },
    ]);
    door.takeOver();
    assert.match(await door.answer('right horse'), /^locked-out/);
    door.now += defaultLockoutRules.durationMs;
    assert.equal(await door.answer('right horse'), 'in');
  });

  it('holds on this node when it could not be kept', async () => {
    const door = await Door.create();
    door.keeps = false;
    for (let attempt = 0; attempt < 5; attempt += 1) await door.answer('wrong');
    assert.match(await door.answer('right horse'), /^locked-out/);
  });

  it('ends at once when the account is unlocked', async () => {
    const door = await Door.create();
    for (let attempt = 0; attempt < 5; attempt += 1) await door.answer('wrong');
    door.account = { ...door.account, lockedUntil: 0 };
    assert.equal(await door.answer('right horse'), 'in');
  });

  it('does not come for wrong answers with a right one between them', async () => {
    const door = await Door.create();
    for (const password of ['a', 'b', 'c', 'd', 'right horse', 'e', 'f', 'g', 'h'])
      await door.answer(password);
    assert.equal(await door.answer('right horse'), 'in');
  });

  it('a storm of wrong passwords is written once', async () => {
    const door = await Door.create();
    const answers = await Promise.all(Array.from({ length: 200 }, () => door.answer('wrong')));
    assert.equal(answers.filter((answer) => answer.startsWith('locked-out')).length >= 190, true);
    assert.equal(door.facts.length, 1);
  });
});

describe('a login with a one-time code', () => {
  const oneTimeCode = { key, lastStep: 0 };

  it('needs password and code', async () => {
    const door = await Door.create({ oneTimeCode });
    const code = codeAt(door.now);
    assert.match(await door.answer('right horse'), /^code-missing: a one-time code is needed/);
    const vague = /: wrong user name, password or one-time code$/;
    assert.match(await door.answer('wrong', code), vague);
    assert.match(await door.answer('right horse', '000000'), vague);
    assert.equal(await door.answer('right horse', code), 'in');
  });

  it('takes each code once, also on the other node', async () => {
    const door = await Door.create({ oneTimeCode });
    const code = codeAt(door.now);
    assert.equal(await door.answer('right horse', code), 'in');
    assert.match(await door.answer('right horse', code), /^code-used/);
    assert.match(await door.answer('right horse', codeAt(door.now - 30_000)), /^code-used/);
    door.takeOver();
    assert.match(await door.answer('right horse', code), /^code-used/);
    door.now += 30_000;
    assert.equal(await door.answer('right horse', codeAt(door.now)), 'in');
  });

  it('counts wrong codes as wrong answers', async () => {
    const door = await Door.create({ oneTimeCode });
    for (let attempt = 0; attempt < 5; attempt += 1) await door.answer('right horse', '000000');
    assert.match(await door.answer('right horse', codeAt(door.now)), /^locked-out/);
  });

  it('of a user without one ignores it', async () => {
    assert.equal(await (await Door.create()).answer('right horse', '000000'), 'in');
  });
});

describe('an account that expired', () => {
  it('is refused in words, to those who know its password', async () => {
    const door = await Door.create({ expired: true });
    assert.equal(await door.answer('right horse'), 'expired: user account has expired');
    assert.equal(await door.answer('wrong'), 'wrong-password: wrong user name or password');
  });
});
