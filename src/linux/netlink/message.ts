/**
 * Routing netlink messages (netlink(7), rtnetlink(7)): a 16-byte header, a fixed body that depends on the type, then
 * attributes. Numbers are in the byte order of the machine, which is little-endian on all that Tandem supports.
 */

export interface Message {
  readonly type: number;
  readonly body: Uint8Array;
}

const HEADER_LENGTH = 16;
const ATTRIBUTE_HEADER_LENGTH = 4;

export function encodeMessage(
  type: number,
  flags: number,
  sequence: number,
  ...parts: readonly Uint8Array[]
): Uint8Array {
  const length = HEADER_LENGTH + parts.reduce((total, part) => total + part.length, 0);
  const message = new Uint8Array(length);
  const view = new DataView(message.buffer);
  view.setUint32(0, length, true);
  view.setUint16(4, type, true);
  view.setUint16(6, flags, true);
  view.setUint32(8, sequence, true);
  let offset = HEADER_LENGTH;
  for (const part of parts) {
    message.set(part, offset);
    offset += part.length;
  }
  return message;
}

/** One attribute, padded to four bytes. */
export function encodeAttribute(type: number, value: Uint8Array): Uint8Array {
  const length = ATTRIBUTE_HEADER_LENGTH + value.length;
  const attribute = new Uint8Array(align(length));
  const view = new DataView(attribute.buffer);
  view.setUint16(0, length, true);
  view.setUint16(2, type, true);
  attribute.set(value, ATTRIBUTE_HEADER_LENGTH);
  return attribute;
}

/** The messages of one datagram. */
export function* decodeMessages(datagram: Uint8Array): Generator<Message> {
  let offset = 0;
  while (offset + HEADER_LENGTH <= datagram.length) {
    const view = viewOf(datagram, offset);
    const length = view.getUint32(0, true);
    if (length < HEADER_LENGTH || offset + length > datagram.length) return;
    yield { type: view.getUint16(4, true), body: datagram.subarray(offset + HEADER_LENGTH, offset + length) };
    offset += align(length);
  }
}

/** The attributes that follow a fixed body of `skip` bytes, by type; the last one counts where a type repeats. */
export function decodeAttributes(body: Uint8Array, skip: number): ReadonlyMap<number, Uint8Array> {
  const attributes = new Map<number, Uint8Array>();
  let offset = skip;
  while (offset + ATTRIBUTE_HEADER_LENGTH <= body.length) {
    const view = viewOf(body, offset);
    const length = view.getUint16(0, true);
    if (length < ATTRIBUTE_HEADER_LENGTH || offset + length > body.length) break;
    const type = view.getUint16(2, true) & 0x3fff;
    attributes.set(type, body.subarray(offset + ATTRIBUTE_HEADER_LENGTH, offset + length));
    offset += align(length);
  }
  return attributes;
}

export function viewOf(bytes: Uint8Array, offset = 0): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset + offset, bytes.byteLength - offset);
}

function align(length: number): number {
  return (length + 3) & ~3;
}
