import { randomBytes } from 'node:crypto';

const SERIAL_BYTES = 16;

/**
 * A random serial number of 128 bits, as 32 lower-case hexadecimal digits. The first byte lies in 0x40-0x7f, so that the
 * number is positive and its text always has the same length (RFC 5280 §4.1.2.2).
 */
export function randomSerial(): string {
  const bytes = randomBytes(SERIAL_BYTES);
  bytes.writeUInt8((bytes.readUInt8(0) & 0x3f) | 0x40, 0);
  return bytes.toString('hex');
}
