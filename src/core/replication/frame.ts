import { crc32 } from './checksum.ts';

/*
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                 Length of the payload, bytes                  |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |     Type      |                  Payload …                    |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |              CRC-32 of everything before it                   |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * docs/formats/replication.md
 */

const headerLength = 5;
const trailerLength = 4;

/** No frame is larger: what a peer sends can make us hold at most this much. */
export const maximumPayloadLength: number = 16 * 1024 * 1024;

/** Types from here on may be ignored by a side that does not know them. */
export const firstOptionalType = 0x80;

export interface Frame {
  readonly type: number;
  readonly payload: Uint8Array;
}

/** Why bytes are not a frame. Every reason ends the connection: a stream that lost its place cannot be trusted. */
export type FrameFault = 'too-long' | 'checksum';

/** Throws RangeError when the payload is larger than `maximumPayloadLength`: the caller's mistake. */
export function encodeFrame(frame: Frame): Uint8Array {
  const { length } = frame.payload;
  if (length > maximumPayloadLength) throw new RangeError(`a frame of ${length} bytes is too long`);
  const bytes = new Uint8Array(headerLength + length + trailerLength);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, length);
  view.setUint8(4, frame.type);
  bytes.set(frame.payload, headerLength);
  view.setUint32(headerLength + length, crc32(bytes.subarray(0, headerLength + length)));
  return bytes;
}

/**
 * Cuts a byte stream into frames. Holds at most one incomplete frame; never throws on what it is fed. After a fault
 * it stays faulty.
 */
export class FrameDecoder {
  #chunks: Uint8Array[] = [];
  #buffered = 0;
  #fault: FrameFault | undefined;

  get fault(): FrameFault | undefined {
    return this.#fault;
  }

  /** Bytes of the frame that is not complete yet. */
  get buffered(): number {
    return this.#buffered;
  }

  /** The frames that `chunk` completes, in order. Payloads are views into memory that the decoder does not reuse. */
  push(chunk: Uint8Array): Frame[] {
    if (this.#fault !== undefined || chunk.length === 0) return [];
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
    const frames: Frame[] = [];
    for (;;) {
      const frame = this.#next();
      if (frame === undefined) return frames;
      frames.push(frame);
    }
  }

  #next(): Frame | undefined {
    if (this.#buffered < headerLength) return undefined;
    const head = this.#contiguous(headerLength);
    const length = viewOf(head).getUint32(0);
    if (length > maximumPayloadLength) return this.#fail('too-long');
    const total = headerLength + length + trailerLength;
    if (this.#buffered < total) return undefined;
    const bytes = this.#contiguous(total);
    const view = viewOf(bytes);
    if (crc32(bytes.subarray(0, headerLength + length)) !== view.getUint32(headerLength + length)) {
      return this.#fail('checksum');
    }
    const rest = bytes.subarray(total);
    this.#chunks[0] = rest;
    this.#buffered -= total;
    return { type: view.getUint8(4), payload: bytes.subarray(headerLength, headerLength + length) };
  }

  /** Makes the first chunk at least `length` bytes long and returns it. */
  #contiguous(length: number): Uint8Array {
    const first = this.#chunks[0] ?? new Uint8Array(0);
    if (first.length >= length) return first;
    const joined = new Uint8Array(this.#buffered);
    let offset = 0;
    for (const chunk of this.#chunks) {
      joined.set(chunk, offset);
      offset += chunk.length;
    }
    this.#chunks = [joined];
    return joined;
  }

  #fail(fault: FrameFault): undefined {
    this.#fault = fault;
    this.#chunks = [];
    this.#buffered = 0;
    return undefined;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
