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

  it('are report and maintenance', () => {
    assert.deepEqual(parseRequest('{"command":"report","healthy":false,"reason":"disk full","ttlMs":500}'), {
      command: 'report',
      healthy: false,
      reason: 'disk full',
      ttlMs: 500,
    });
    assert.deepEqual(parseRequest('{"command":"report","healthy":true}'), {
      command: 'report',
      healthy: true,
      reason: '',
      ttlMs: 3000,
    });
    assert.deepEqual(parseRequest('{"command":"maintenance","on":true}'), {
      command: 'maintenance',
      on: true,
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
    ['{"command":"report"}', 'bad-request'],
    ['{"command":"report","healthy":true,"ttlMs":1}', 'bad-request'],
    ['{"command":"maintenance"}', 'bad-request'],
  ] as const) {
    it(`refuse ${JSON.stringify(line)}`, () => {
      const answer = parseRequest(line);
      assert.ok('error' in answer);
      assert.equal(answer.error.code, `heartbeat.control.${code}`);
    });
  }
});
