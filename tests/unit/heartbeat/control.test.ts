import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRequest } from '../../../src/heartbeat/control/requests.ts';

describe('control requests', () => {
  it('are status, subscribe and resign', () => {
    assert.deepEqual(parseRequest('{"command":"status"}'), { command: 'status' });
    assert.deepEqual(parseRequest('{"command":"subscribe"}'), { command: 'subscribe' });
    assert.deepEqual(parseRequest('{"command":"resign"}'), { command: 'resign', timeoutMs: 1000 });
    assert.deepEqual(parseRequest('{"command":"resign","timeoutMs":50}'), {
      command: 'resign',
      timeoutMs: 50,
    });
  });

  for (const [line, code] of [
    ['', 'not-json'],
    ['{', 'not-json'],
    ['null', 'bad-request'],
    ['{}', 'bad-request'],
    ['{"command":"reboot"}', 'bad-request'],
    ['{"command":"status","more":1}', 'bad-request'],
    ['{"command":"resign","timeoutMs":0}', 'bad-request'],
    ['{"command":"resign","timeoutMs":1e9}', 'bad-request'],
  ] as const) {
    it(`refuse ${JSON.stringify(line)}`, () => {
      const answer = parseRequest(line);
      assert.ok('error' in answer);
      assert.equal(answer.error.code, `heartbeat.control.${code}`);
    });
  }
});
