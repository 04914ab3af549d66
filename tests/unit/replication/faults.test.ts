import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Duplex, duplexPair, Transform } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { FrameDecoder } from '../../../src/core/replication/frame.ts';
import { addUser, admin, contents } from '../store/workspace.ts';
import { isProtected, type Side, senderTo, side, until } from './pair.ts';

/** Everything a relay does to the bytes of one direction. */
type Meddle = (chunk: Buffer, frames: number) => Buffer | 'cut';

/** A link that passes everything through `meddle`, which knows how many frames passed in this direction before. */
function relayed(near: Duplex, out: Meddle, back: Meddle): Duplex {
  const [ours, theirs] = duplexPair();
  const relay = (meddle: Meddle): Transform => {
    const decoder = new FrameDecoder();
    let frames = 0;
    return new Transform({
      transform(chunk: Buffer, _encoding, done) {
        const arrived = decoder.push(Buffer.from(chunk)).length;
        const passed = meddle(chunk, frames);
        frames += arrived;
        if (passed === 'cut') {
          theirs.destroy();
          near.destroy();
          done();
        } else done(null, passed);
      },
    });
  };
  for (const stream of [near, theirs]) {
    stream.on('error', () => {});
    stream.on('close', () => {
      near.destroy();
      theirs.destroy();
    });
  }
  theirs.pipe(relay(out)).pipe(near);
  near.pipe(relay(back)).pipe(theirs);
  return ours;
}

const pass: Meddle = (chunk) => chunk;

async function seeded(context: TestContext, shared: boolean): Promise<{ a: Side; b: Side }> {
  const [a, b] = [await side(context, 'node-a'), await side(context, 'node-b')];
  a.store.openEpoch(admin);
  if (shared) b.store.apply(...a.store.entriesAfter(0, 10));
  for (let index = 0; index < 8; index++) addUser(a.store, `user-${index}`);
  return { a, b };
}

function soundAndEqual(a: Side, b: Side): void {
  assert.deepEqual(contents(b.store), contents(a.store));
  assert.deepEqual(b.store.integrityCheck(), []);
  assert.equal(b.store.findBrokenLink(), undefined);
  for (const { store } of [a, b]) {
    const leftovers = readdirSync(dirname(store.path)).filter((name) => /incoming|outgoing/.test(name));
    assert.deepEqual(leftovers, []);
  }
}

for (const how of ['tail', 'snapshot'] as const) {
  for (const direction of ['out', 'back'] as const) {
    test(`the link dies at every frame of a ${how} (${direction}) and starts over cleanly`, async (context) => {
      let cuts = 0;
      for (let at = 0; at < 40; at++) {
        const { a, b } = await seeded(context, how === 'tail');
        let died = false;
        const meddle: Meddle = (chunk, frames) => {
          if (died || frames < at) return chunk;
          died = true;
          return 'cut';
        };
        const sender = senderTo(context, a.store, b.receiver, {
          tap: (near) =>
            relayed(near, direction === 'out' ? meddle : pass, direction === 'back' ? meddle : pass),
        });
        sender.start();
        await until('protected', isProtected(sender));
        addUser(a.store, 'last');
        await until('the last one arrived', () => b.store.users.find('last') !== undefined);
        soundAndEqual(a, b);
        sender.stop();
        if (!died) break;
        cuts++;
      }
      assert.ok(cuts >= 2, `${cuts} cuts`);
    });

    test(`the link dies after every so many bytes of a ${how} (${direction})`, async (context) => {
      for (const bytes of [0, 1, 3, 4, 5, 8, 100, 300, 500, 777, 1000, 5000, 20_000, 60_000, 100_000]) {
        const { a, b } = await seeded(context, how === 'tail');
        let left = bytes;
        let died = false;
        const meddle: Meddle = (chunk) => {
          if (died) return chunk;
          if (chunk.length <= left) {
            left -= chunk.length;
            return chunk;
          }
          died = true;
          return 'cut';
        };
        const sender = senderTo(context, a.store, b.receiver, {
          tap: (near) =>
            relayed(near, direction === 'out' ? meddle : pass, direction === 'back' ? meddle : pass),
        });
        sender.start();
        await until('protected', isProtected(sender));
        soundAndEqual(a, b);
        sender.stop();
      }
    });
  }

  test(`a flipped bit anywhere in a ${how} is noticed and healed, never applied`, async (context) => {
    let noticed = 0;
    for (let round = 0; round < 30; round++) {
      const { a, b } = await seeded(context, how === 'tail');
      const direction = round % 3 === 2 ? 'back' : 'out';
      let flipAt = direction === 'back' ? round * 13 : round * round * 41;
      let flipped = false;
      const meddle: Meddle = (chunk) => {
        if (flipped) return chunk;
        if (flipAt >= chunk.length) {
          flipAt -= chunk.length;
          return chunk;
        }
        flipped = true;
        const copy = Buffer.from(chunk);
        copy[flipAt] = (copy[flipAt] ?? 0) ^ (1 << (round % 8));
        return copy;
      };
      const sender = senderTo(context, a.store, b.receiver, {
        tap: (near) =>
          relayed(near, direction === 'out' ? meddle : pass, direction === 'back' ? meddle : pass),
      });
      sender.onStatus(({ state }) => {
        if (state === 'waiting') noticed++;
      });
      sender.start();
      await until('protected', isProtected(sender));
      soundAndEqual(a, b);
      sender.stop();
    }
    assert.ok(noticed >= 10, `noticed ${noticed} times`);
  });
}

test('a standby that reads slowly never makes the sender hold much in memory', async (context) => {
  const [a, b] = [await side(context, 'node-a'), await side(context, 'node-b')];
  a.store.openEpoch(admin);
  let largest = 0;
  let link: Duplex | undefined;
  const sender = senderTo(context, a.store, b.receiver, {
    tap: (near) => {
      link = relayed(near, (chunk) => chunk, pass);
      return link;
    },
  });
  sender.start();
  await until('protected', isProtected(sender));
  const apply = b.store.apply.bind(b.store);
  b.store.apply = (...entries) => {
    const until = performance.now() + 2;
    while (performance.now() < until);
    apply(...entries);
  };
  for (let index = 0; index < 60; index++) {
    a.store.write(admin, ({ settings }) => settings.set(`big.${index}`, 'x'.repeat(200_000)));
    largest = Math.max(largest, link!.writableLength);
  }
  await until('all arrived', () => sender.status.lagEntries === 0);
  assert.ok(largest < 2 * 1024 * 1024, `${largest} bytes of 12 MB were held`);
  assert.equal(sender.status.unsentBytes, 0);
  assert.deepEqual(contents(b.store), contents(a.store));
});

test('a silent link is given up, and the writers with it', async (context) => {
  const { a, b } = await seeded(context, true);
  let silent = false;
  const sender = senderTo(context, a.store, b.receiver, {
    tap: (near) => relayed(near, pass, (chunk) => (silent ? Buffer.alloc(0) : chunk)),
  });
  sender.start();
  await until('protected', isProtected(sender));
  silent = true;
  addUser(a.store, 'alice');
  assert.equal(await sender.acknowledged(a.store.position, 60_000), false);
  assert.equal(sender.status.lastError?.code, 'replication.link.silent');
  silent = false;
  await until('protected again', isProtected(sender));
  soundAndEqual(a, b);
});

test('garbage from a sender ends its connection and nothing else', async (context) => {
  const { a, b } = await seeded(context, true);
  const before = contents(b.store);
  for (const bytes of [Buffer.from('GET / HTTP/1.1\r\n\r\n'), Buffer.alloc(4096, 0xff), Buffer.alloc(64)]) {
    const [near, far] = duplexPair();
    const ended = b.receiver.accept(far);
    near.on('error', () => {});
    near.resume();
    near.write(bytes);
    await ended;
    assert.equal(b.receiver.status.lastError?.code, 'replication.link.garbled');
  }
  assert.deepEqual(contents(b.store), before);
  const sender = senderTo(context, a.store, b.receiver);
  sender.start();
  await until('protected', isProtected(sender));
  soundAndEqual(a, b);
});
