import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseLoginAnswer } from '../../../src/access/auth/login-answer.ts';
import { createOneTimeKey, matchOneTimeCode, oneTimeKeyUri } from '../../../src/access/auth/one-time-code.ts';

describe('one-time codes', () => {
  // RFC 6238 appendix B, SHA-1: the last six of the eight digits there.
  const key = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
  const vectors: [seconds: number, code: string][] = [
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ];
  for (const [seconds, code] of vectors) {
    it(`are those of RFC 6238 at ${seconds} s`, () => {
      const step = Math.floor(seconds / 30);
      assert.equal(matchOneTimeCode(key, code, seconds * 1000), step);
      assert.equal(matchOneTimeCode(key, `${code.slice(0, 3)} ${code.slice(3)}`, seconds * 1000), step);
      for (const near of [-30, 30]) assert.equal(matchOneTimeCode(key, code, (seconds + near) * 1000), step);
      for (const far of [-59, 60]) {
        const other = matchOneTimeCode(key, code, (seconds + far) * 1000);
        if (Math.abs(Math.floor((seconds + far) / 30) - step) > 1) assert.equal(other, undefined);
      }
    });
  }

  it('are six digits and nothing else', () => {
    for (const bad of ['', '28708', '2870822', '28708a', '８８８８８８'])
      assert.equal(matchOneTimeCode(key, bad, 59_000), undefined);
  });

  it('have a key of 160 bits, made anew each time, that apps can read', () => {
    const fresh = createOneTimeKey();
    assert.match(fresh, /^[A-Z2-7]{32}$/);
    assert.notEqual(fresh, createOneTimeKey());
    const uri = new URL(oneTimeKeyUri('alice@example.org', fresh));
    assert.equal(uri.protocol, 'otpauth:');
    assert.equal(decodeURIComponent(uri.pathname), '/Tandem:alice@example.org');
    assert.equal(uri.searchParams.get('secret'), fresh);
  });
});

describe('what a client sends as password', () => {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');

  it('may hold a code beside it (SCRV1)', () => {
    const answer = parseLoginAnswer(`SCRV1:${base64('pass:wörd')}:${base64('123456')}`);
    assert.deepEqual(answer, { password: 'pass:wörd', code: '123456' });
    assert.deepEqual(parseLoginAnswer(`SCRV1:${base64('p')}:`), { password: 'p', code: '' });
  });

  it('is a password as it is otherwise', () => {
    for (const text of ['', 'SCRV1', 'SCRV1:a', 'SCRV1:a:b:c', 'scrv1:YQ==:YQ==', 'SCRV1:ä:b'])
      assert.deepEqual(parseLoginAnswer(text), { password: text, code: undefined });
  });
});
