import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { crc32 } from '../../../src/core/replication/checksum.ts';
import {
  encodeFrame,
  type Frame,
  FrameDecoder,
  maximumPayloadLength,
} from '../../../src/core/replication/frame.ts';

const frame = fc.record({ type: fc.nat(255), payload: fc.uint8Array({ maxLength: 300 }) });

const joined = (parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

function decodeInPieces(
  bytes: Uint8Array,
  sizes: readonly number[],
): { frames: Frame[]; decoder: FrameDecoder } {
  const decoder = new FrameDecoder();
  const frames: Frame[] = [];
  let offset = 0;
  for (let index = 0; offset < bytes.length; index++) {
    const size = sizes.length === 0 ? bytes.length : (sizes[index % sizes.length] ?? 0) + 1;
    frames.push(...decoder.push(bytes.slice(offset, offset + size)));
    offset += size;
  }
  return { frames, decoder };
}

const plain = (frames: readonly Frame[]): unknown =>
  frames.map(({ type, payload }) => ({ type, payload: [...payload] }));

test('the layout is the documented one, byte for byte', () => {
  const bytes = encodeFrame({ type: 9, payload: Uint8Array.of(0xaa, 0xbb) });
  assert.deepEqual([...bytes.subarray(0, 7)], [0, 0, 0, 2, 9, 0xaa, 0xbb]);
  assert.equal(bytes.length, 11);
});

test('the checksum is the CRC-32 of everybody else', () => {
  assert.equal(crc32(Uint8Array.from('123456789', (letter) => letter.charCodeAt(0))), 0xcbf43926);
});

test('frames come out as they went in, however the stream is cut', () => {
  fc.assert(
    fc.property(
      fc.array(frame, { maxLength: 8 }),
      fc.array(fc.nat(40), { maxLength: 6 }),
      (frames, sizes) => {
        const { frames: decoded, decoder } = decodeInPieces(joined(frames.map(encodeFrame)), sizes);
        assert.deepEqual(plain(decoded), plain(frames));
        assert.equal(decoder.fault, undefined);
        assert.equal(decoder.buffered, 0);
      },
    ),
  );
});

test('a flipped bit never yields a frame that was not sent', () => {
  fc.assert(
    fc.property(fc.array(frame, { minLength: 1, maxLength: 4 }), fc.nat(), fc.nat(7), (frames, at, bit) => {
      const bytes = joined(frames.map(encodeFrame));
      const index = at % bytes.length;
      bytes[index] = (bytes[index] ?? 0) ^ (1 << bit);
      const { frames: decoded } = decodeInPieces(bytes, []);
      assert.ok(decoded.length < frames.length);
      assert.deepEqual(plain(decoded), plain(frames.slice(0, decoded.length)));
    }),
  );
});

test('no bytes whatever make the decoder throw or hold more than one frame', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 20 }), (chunks) => {
      const decoder = new FrameDecoder();
      for (const chunk of chunks) decoder.push(chunk);
      assert.ok(decoder.buffered <= maximumPayloadLength + 9);
    }),
  );
});

test('a frame that announces too much is a fault at once, and the decoder stays faulty', () => {
  const decoder = new FrameDecoder();
  assert.deepEqual(decoder.push(Uint8Array.of(0xff, 0, 0, 0, 1)), []);
  assert.equal(decoder.fault, 'too-long');
  assert.deepEqual(decoder.push(encodeFrame({ type: 1, payload: new Uint8Array(0) })), []);
  assert.equal(decoder.buffered, 0);
});
