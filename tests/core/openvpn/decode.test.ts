import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decode, NEW_DECODER } from '../../../src/core/openvpn/management/decode.ts';
import { MAX_LINE_LENGTH, splitLines } from '../../../src/core/openvpn/management/lines.ts';
import { decodeAll, recording } from './recording.ts';

/** One line per message that is neither an answer nor the log; environments by their size and the fields that decide. */
function told(chunks: readonly string[]): string[] {
  return decodeAll(chunks).flatMap((message) => {
    switch (message.type) {
      case 'reply':
      case 'log':
        return [];
      case 'login':
        return [
          `${message.kind} ${message.cid}/${message.kid} ${message.env.get('common_name')} ${message.password()}`,
        ];
      case 'established':
      case 'disconnected':
        return [
          `${message.type} ${message.cid} ${message.env.get('ifconfig_pool_remote_ip') ?? 'no address'}`,
        ];
      case 'bytecount':
        return [`bytecount ${message.cid} ${message.bytesReceived} ${message.bytesSent}`];
      case 'address':
        return [`address ${message.cid} ${message.address}`];
      case 'dropped':
        return [`dropped ${message.reason}`];
      default:
        return [message.type];
    }
  });
}

const event = (lines: readonly string[]): string => [...lines, ''].join('\r\n');

describe('the management decoder reads what OpenVPN 2.6 writes', () => {
  it('a wrong and then the right password', () => {
    assert.deepEqual(told([recording('wrong-then-right-password')]), [
      'info',
      'connect 0/1 alice:default bad',
      'connect 1/1 alice:default good',
      'disconnected 0 no address',
      'address 1 10.8.0.10',
      'established 1 10.8.0.10',
      'bytecount 1 2601 2567',
      'bytecount 1 2820 2753',
      'bytecount 1 2857 2833',
      'bytecount 1 2857 2913',
      'bytecount 1 2857 3025',
      'disconnected 1 10.8.0.10',
    ]);
  });

  it('a client that holds a token and is disabled', () => {
    const lines = told([recording('disabled-client')]);
    assert.deepEqual(lines, [
      'info',
      'established 0 no address',
      'bytecount 0 2802 2118',
      'connect 1/1 alice:default good',
      'disconnected 1 no address',
      'established 1 no address',
    ]);
  });
});

describe('the management decoder', () => {
  it('keeps the password out of the environment and out of every printed form', () => {
    const [login] = decodeAll([
      event(['>CLIENT:CONNECT,3,4', '>CLIENT:ENV,password=hush', '>CLIENT:ENV,END']),
    ]);
    assert.ok(login?.type === 'login');
    assert.equal(login.password(), 'hush');
    assert.equal(JSON.stringify({ ...login, env: [...login.env] }).includes('hush'), false);
  });

  it('says the same however the stream is cut', () => {
    const whole = recording('wrong-then-right-password');
    const expected = told([whole]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: whole.length }), { maxLength: 40 }), (cuts) => {
        const points = [0, ...cuts.sort((a, b) => a - b), whole.length];
        const chunks = points.slice(1).map((end, index) => whole.slice(points[index], end));
        assert.deepEqual(told(chunks), expected);
      }),
      { numRuns: 50 },
    );
  });

  it('never throws, whatever arrives', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '>',
        ':',
        ',',
        '\n',
        '\r\n',
        '>CLIENT:',
        '>CLIENT:ENV,',
        'END\n',
        '>CLIENT:CONNECT,',
        '1,2\n',
      ),
      fc.constantFrom(
        '>BYTECOUNT_CLI:',
        '>LOG:',
        '>STATE:',
        '>CLIENT:ADDRESS,9\n',
        '>CLIENT:ESTABLISHED,-1\n',
      ),
    );
    fc.assert(
      fc.property(fc.array(fc.array(hostile).map((parts) => parts.join(''))), (chunks) => {
        decodeAll(chunks);
      }),
      { numRuns: 500 },
    );
  });

  it('throws away an overlong line whole and reads on', () => {
    const long = `>LOG:1,,${'x'.repeat(MAX_LINE_LENGTH)}`;
    assert.deepEqual(told([`${long}\r\n>HOLD:wait\r\n`]), ['dropped line-too-long', 'hold']);
    const portions = [long.slice(0, 100), long.slice(100), 'more\n', '>HOLD:wait\n'];
    assert.deepEqual(told(portions), ['dropped line-too-long', 'hold']);
  });

  it('keeps at most one line between two chunks', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 20_000 })), (chunks) => {
        let buffer = { partial: '', skipping: false };
        for (const chunk of chunks) buffer = splitLines(buffer, chunk).buffer;
        assert.ok(buffer.partial.length <= MAX_LINE_LENGTH);
      }),
      { numRuns: 50 },
    );
  });

  it('gives up an environment that is too large, and reads the next event', () => {
    const flood = Array.from({ length: 20 }, (_, index) => `>CLIENT:ENV,UV_${index}=${'x'.repeat(4000)}`);
    const next = ['>CLIENT:DISCONNECT,7', '>CLIENT:ENV,END'];
    const lines = ['>CLIENT:CONNECT,7,1', ...flood, '>CLIENT:ENV,END', ...next];
    assert.deepEqual(told([event(lines)]), ['dropped environment-too-large', 'disconnected 7 no address']);
    const many = Array.from({ length: 600 }, (_, index) => `>CLIENT:ENV,UV_${index}=x`);
    assert.deepEqual(told([event(['>CLIENT:CONNECT,7,1', ...many, '>CLIENT:ENV,END'])]), [
      'dropped environment-too-large',
    ]);
  });

  it('names what makes no sense', () => {
    const cases: [string[], string][] = [
      [['>CLIENT:CONNECT,x,1'], 'dropped malformed'],
      [['>CLIENT:CONNECT,1'], 'dropped malformed'],
      [['>CLIENT:REAUTH,1,99999999999999999'], 'dropped malformed'],
      [['>CLIENT:ENV,a=b'], 'dropped environment-without-event'],
      [['>CLIENT:FLY,1'], 'dropped unknown-notification'],
      [['>NEWS:1'], 'dropped unknown-notification'],
      [['>BYTECOUNT_CLI:1,2'], 'dropped malformed'],
      [['>nothing'], 'dropped malformed'],
      [['>CLIENT:CONNECT,1,1', '>CLIENT:CONNECT,2'], 'dropped event-without-environment'],
    ];
    for (const [lines, expected] of cases) assert.equal(told([event(lines)])[0], expected);
  });

  it('leaves its earlier state as it was', () => {
    const first = decode(NEW_DECODER, '>CLIENT:CONNECT,1,1\n>CLIENT:ENV,a=b\n').decoder;
    const once = decode(first, '>CLIENT:ENV,c=d\n>CLIENT:ENV,END\n').messages[0];
    const again = decode(first, '>CLIENT:ENV,END\n').messages[0];
    assert.ok(once?.type === 'login' && again?.type === 'login');
    assert.deepEqual([...once.env.keys()], ['a', 'c']);
    assert.deepEqual([...again.env.keys()], ['a']);
  });
});
