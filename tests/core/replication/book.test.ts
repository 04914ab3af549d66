import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import * as books from '../../../src/core/replication/book.ts';

const at = (sequence: number, epoch = 1) => ({ epoch, sequence });
const connected = (sequence: number): books.Book =>
  books.acknowledged(
    books.following(books.standsAt(books.reached(books.openBook('node-b', at(sequence)), 'node-b'), at(0))),
    at(sequence),
    0,
  );

test('protected begins when the standby has everything', () => {
  let book = books.following(books.standsAt(books.openBook('node-b', at(5)), at(3)));
  book = books.acknowledged(book, at(4), 10);
  assert.equal(books.isProtected(book), false);
  assert.equal(books.lagEntries(book), 1);
  book = books.acknowledged(book, at(5), 20);
  assert.equal(book.protectedSince, 20);
});

test('a change on its way leaves the pair protected until somebody was answered without it', () => {
  let book = books.committed(connected(5), at(6), 100);
  assert.equal(books.isProtected(book), true);
  book = books.gaveUpWaiting(book);
  assert.equal(books.isProtected(book), false);
  assert.equal(books.describe(book), 'node-b answers too slowly; 1 change is on this node only.');
  book = books.acknowledged(book, at(6), 300);
  assert.equal(book.protectedSince, 300);
});

test('an entry that waits too long ends protection, also with steady progress before it', () => {
  let book = books.committed(connected(5), at(6), 1000);
  book = books.committed(book, at(7), 1900);
  book = books.acknowledged(book, at(6), 1950);
  assert.equal(books.isProtected(books.checkProgress(book, 2500, 1000)), true);
  assert.equal(books.isProtected(books.checkProgress(book, 2950, 1000)), false);
});

test('a whole copy is told in bytes of all of them, and forgotten when the link is lost', () => {
  const reached = books.reached(books.openBook('node-b', at(5)), 'node-b');
  assert.match(books.describe(books.seeding(reached, undefined)), /whole copy \(it is being made\)/);
  const halfway = books.seeding(reached, { sentBytes: 12_300_000, totalBytes: 40_000_000 });
  assert.match(books.describe(halfway), /\(12\.3 of 40\.0 MB\)/);
  const sent = books.seeding(reached, { sentBytes: 40_000_000, totalBytes: 40_000_000 });
  assert.match(books.describe(sent), /all 40\.0 MB went out and are being checked there/);
  assert.equal(books.lost(halfway, 'cable').copying, undefined);
});

test('losing the link ends protection at once', () => {
  const book = books.lost(connected(5), 'cable');
  assert.equal(books.isProtected(book), false);
  assert.match(books.describe(book), /node-b is not connected \(cable\); it has everything up to 1\.5/);
});

test('an acknowledgement of what we do not have says nothing', () => {
  const book = connected(5);
  assert.deepEqual(books.acknowledged(book, at(9), 50), book);
});

test('whatever happens, protected means: connected, and everything answered is acknowledged', () => {
  const event = fc.oneof(
    fc.constant({ kind: 'commit' as const }),
    fc.record({ kind: fc.constant('acknowledge' as const), back: fc.nat(4) }),
    fc.constant({ kind: 'give-up' as const }),
    fc.constant({ kind: 'lose' as const }),
    fc.constant({ kind: 'follow' as const }),
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      let book = books.openBook('node-b', at(0));
      let answered = 0;
      let now = 0;
      for (const happened of events) {
        now++;
        const head = book.head.sequence;
        if (happened.kind === 'commit') book = books.committed(book, at(head + 1), now);
        if (happened.kind === 'give-up') {
          book = books.gaveUpWaiting(book);
          answered = head;
        }
        if (happened.kind === 'lose') book = books.lost(book, 'x');
        if (happened.kind === 'follow') book = books.following(book);
        if (happened.kind === 'acknowledge' && book.phase === 'tail') {
          book = books.acknowledged(book, at(Math.max(0, head - happened.back)), now);
        }
        if (books.isProtected(book)) {
          assert.equal(book.phase, 'tail');
          assert.ok((book.acknowledged?.sequence ?? 0) >= answered);
        }
        assert.ok(books.describe(book).endsWith('.'));
      }
    }),
  );
});
