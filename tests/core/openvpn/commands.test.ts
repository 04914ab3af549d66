import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import * as commands from '../../../src/core/openvpn/management/commands.ts';
import { MAX_REPLY_LINES, readReplyLine } from '../../../src/core/openvpn/management/reply.ts';

describe('management commands', () => {
  it('are written as OpenVPN reads them', () => {
    assert.equal(
      commands.clientAuth(1, 2, ['push "route 10.0.0.0 255.0.0.0"']).text,
      'client-auth 1 2\npush "route 10.0.0.0 255.0.0.0"\nEND\n',
    );
    assert.equal(commands.clientAuthNt(1, 2).text, 'client-auth-nt 1 2\n');
    assert.equal(commands.clientKill(7, 'RESTART,[P]').text, 'client-kill 7 "RESTART,[P]"\n');
    assert.equal(commands.status.text, 'status 3\n');
    assert.equal(commands.bytecount(5).text, 'bytecount 5\n');
    assert.equal(commands.signal('SIGUSR1').text, 'signal SIGUSR1\n');
  });

  it('quote the reasons of a refusal', () => {
    assert.equal(
      commands.clientDeny(1, 2, 'a "b" \\ c', 'no').text,
      'client-deny 1 2 "a \\"b\\" \\\\ c" "no"\n',
    );
  });

  it('stay one line, whatever the reasons hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (reason, words) => {
        const { text } = commands.clientDeny(1, 2, reason, words);
        assert.equal(text.indexOf('\n'), text.length - 1);
        assert.match(text.slice(0, -1), /^client-deny 1 2 "(?:[^"\\]|\\.)*" "(?:[^"\\]|\\.)*"$/);
      }),
    );
  });

  it('refuse what could end a block early', () => {
    for (const line of ['END', 'a\nEND', 'a\rb', 'x'.repeat(256), 'ü']) {
      assert.throws(() => commands.clientAuth(1, 2, [line]), RangeError);
    }
    assert.throws(() => commands.clientAuthNt(1.5, 2), RangeError);
    assert.throws(() => commands.clientAuthNt(-1, 2), RangeError);
  });
});

describe('answers to management commands', () => {
  it('end with one line or with END', () => {
    assert.deepEqual(readReplyLine('line', 0, 'SUCCESS: pid=12'), { type: 'done', text: 'pid=12' });
    assert.deepEqual(readReplyLine('line', 0, 'ERROR: no'), { type: 'failed', error: 'no' });
    assert.deepEqual(readReplyLine('line', 0, 'what'), { type: 'stray' });
    assert.deepEqual(readReplyLine('block', 0, 'TITLE'), { type: 'more' });
    assert.deepEqual(readReplyLine('block', 3, 'ERROR: inside'), { type: 'more' });
    assert.deepEqual(readReplyLine('block', 3, 'END'), { type: 'done', text: '' });
    assert.equal(readReplyLine('block', MAX_REPLY_LINES, 'more').type, 'failed');
  });
});
