import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { internetChecksum } from '../../../src/core/bytes/checksum.ts';
import { fromHex, toHex } from '../../../src/core/bytes/hex.ts';
import { ByteReader } from '../../../src/core/bytes/reader.ts';
import { ByteWriter } from '../../../src/core/bytes/writer.ts';

describe('bytes', () => {
  it('writes and reads network order', () => {
    const bytes = new ByteWriter(9).u8(1).u16(0x0203).u32(0x84050607).bytes(Uint8Array.of(8, 9)).finish();
    assert.equal(toHex(bytes), '010203840506070809');
    const reader = new ByteReader(bytes);
    assert.deepEqual([reader.u8(), reader.u16(), reader.u32()], [1, 0x0203, 0x84050607]);
    assert.equal(reader.left, 2);
    assert.deepEqual(reader.bytes(2), Uint8Array.of(8, 9));
  });

  it('hands out copies', () => {
    const bytes = Uint8Array.of(1, 2);
    const taken = new ByteReader(bytes).bytes(2);
    bytes[0] = 9;
    assert.deepEqual(taken, Uint8Array.of(1, 2));
  });

  it('sums as RFC 1071 §3 does', () => {
    assert.equal(
      internetChecksum(Uint8Array.of(0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7)),
      ~0xddf2 & 0xffff,
    );
    assert.equal(internetChecksum(Uint8Array.of(0xff)), 0x00ff);
    assert.equal(internetChecksum(new Uint8Array(200_000).fill(0xff)), 0);
  });

  it('refuses what is not hexadecimal', () => {
    assert.equal(fromHex('1'), undefined);
    assert.equal(fromHex('xy'), undefined);
    assert.deepEqual(fromHex('0A:ff 00'), Uint8Array.of(10, 255, 0));
  });
});
