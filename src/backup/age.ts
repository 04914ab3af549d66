import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  scrypt,
  timingSafeEqual,
} from 'node:crypto';
import { TandemError } from '../core/errors.ts';
import { damagedBackup } from './container.ts';

/*
 * age v1 with a passphrase (https://age-encryption.org/v1): one scrypt stanza, ChaCha20-Poly1305 in chunks of 64 KiB. What is
 * written here can be read with `age --decrypt`, and the other way round.
 */
const intro = 'age-encryption.org/v1';
const cipher = 'chacha20-poly1305';
const chunkBytes = 64 * 1024;
const tagBytes = 16;
/** 2^18 × 8 × 128 bytes: 256 MiB and about a second, as age itself chooses. */
const workFactor = 18;
/** More would let a stranger's file take all memory. */
const largestWorkFactor = 20;
const largestHeaderBytes = 1024;

type Bytes = AsyncIterable<Uint8Array>;

/** Whether a file begins as one that `encrypt` or `age --passphrase` wrote. */
export function isEncrypted(beginning: Uint8Array): boolean {
  return Buffer.from(beginning.subarray(0, intro.length + 1)).toString('latin1') === `${intro}\n`;
}

/** The bytes of an age file around `plain`. `factor`: 2^factor is what one guess at the passphrase costs. */
export async function* encrypt(
  plain: Bytes,
  passphrase: string,
  factor: number = workFactor,
): AsyncGenerator<Uint8Array, void> {
  const fileKey = randomBytes(16);
  const salt = randomBytes(16);
  const wrapped = seal(await scryptKey(passphrase, salt, factor), Buffer.alloc(12), fileKey);
  const header = `${intro}\n-> scrypt ${unpadded(salt)} ${factor}\n${unpadded(wrapped)}\n---`;
  const nonce = randomBytes(16);
  yield Buffer.concat([Buffer.from(`${header} ${unpadded(macOf(fileKey, header))}\n`), nonce]);
  const key = derive(fileKey, nonce, 'payload');
  let counter = 0;
  for await (const { bytes, last } of chunks(plain, chunkBytes))
    yield seal(key, chunkNonce(counter++, last), bytes);
}

/**
 * What is inside an age file, chunk by chunk, each proven before it is given out. Throws `backup.passphrase`, `backup.damaged`; also at the
 * end, where the file was cut off: nothing may be believed before all of it was read.
 */
export async function* decrypt(file: Bytes, passphrase: string): AsyncGenerator<Uint8Array, void> {
  const source = new Source(file);
  const lines: string[] = [];
  for (let budget = largestHeaderBytes; lines.length < 4; ) {
    const line = await source.line(budget);
    if (line === undefined) throw damagedBackup('its header ends too early');
    budget -= line.length;
    lines.push(line);
  }
  const [first, stanza, body, mac] = lines;
  const match = /^-> scrypt ([A-Za-z0-9+/]{22}) ([1-9][0-9]?)$/.exec(stanza ?? '');
  if (first !== intro || match === null || body === undefined || mac?.startsWith('--- ') !== true) {
    throw damagedBackup('its header is not that of a file with a passphrase');
  }
  const factor = Number(match[2]);
  if (factor > largestWorkFactor) throw damagedBackup('its header asks for more work than this version does');
  const scryptSalt = Buffer.from(match[1] ?? '', 'base64');
  const fileKey = open(
    await scryptKey(passphrase, scryptSalt, factor),
    Buffer.alloc(12),
    Buffer.from(body, 'base64'),
  );
  if (fileKey === undefined || fileKey.length !== 16) throw wrongPassphrase();
  const expected = macOf(fileKey, `${lines.slice(0, 3).join('\n')}\n---`);
  const said = Buffer.from(mac.slice(4), 'base64');
  if (said.length !== expected.length || !timingSafeEqual(said, expected))
    throw damagedBackup('its header was changed');
  const nonce = await source.exactly(16);
  if (nonce === undefined) throw damagedBackup('it ends too early');
  const key = derive(fileKey, nonce, 'payload');
  let counter = 0;
  for await (const { bytes, last } of chunks(source.rest(), chunkBytes + tagBytes)) {
    const plain = open(key, chunkNonce(counter++, last), bytes);
    if (plain === undefined) throw damagedBackup('a part of it was changed, is missing or was added');
    if (plain.length > 0) yield plain;
  }
}

/** In a thread of its own: it takes a second, and whoever calls may have other things to do. */
function scryptKey(passphrase: string, salt: Uint8Array, factor: number): Promise<Buffer> {
  const salted = Buffer.concat([Buffer.from('age-encryption.org/v1/scrypt'), salt]);
  const N = 2 ** factor;
  const cost = { N, r: 8, p: 1, maxmem: 2 * 128 * 8 * N };
  return new Promise((resolve, reject) => {
    scrypt(passphrase, salted, 32, cost, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}

function derive(key: Uint8Array, salt: Uint8Array, info: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, salt, info, 32));
}

function macOf(fileKey: Uint8Array, header: string): Buffer {
  return createHmac('sha256', derive(fileKey, new Uint8Array(0), 'header'))
    .update(header)
    .digest();
}

/** STREAM: an 11-byte counter and a byte that says whether this is the last chunk. */
function chunkNonce(counter: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(counter, 5, 6);
  nonce.writeUInt8(last ? 1 : 0, 11);
  return nonce;
}

function seal(key: Uint8Array, nonce: Uint8Array, plain: Uint8Array): Buffer {
  const sealing = createCipheriv(cipher, key, nonce, { authTagLength: tagBytes });
  return Buffer.concat([sealing.update(plain), sealing.final(), sealing.getAuthTag()]);
}

/** Undefined where key, nonce or bytes are not those of `seal`. */
function open(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array): Buffer | undefined {
  if (sealed.length < tagBytes) return undefined;
  const opening = createDecipheriv(cipher, key, nonce, { authTagLength: tagBytes });
  opening.setAuthTag(sealed.subarray(-tagBytes));
  try {
    return Buffer.concat([opening.update(sealed.subarray(0, -tagBytes)), opening.final()]);
  } catch {
    // Not authentic: the caller says what that means.
    return undefined;
  }
}

/** Portions of exactly `size` bytes and a last one of at most so many; at least one, which may be empty. */
async function* chunks(
  source: Bytes,
  size: number,
): AsyncGenerator<{ bytes: Uint8Array; last: boolean }, void> {
  let held = Buffer.alloc(0);
  for await (const more of source) {
    held = Buffer.concat([held, more]);
    while (held.length > size) {
      yield { bytes: held.subarray(0, size), last: false };
      held = held.subarray(size);
    }
  }
  yield { bytes: held, last: true };
}

/** Lines first, then bytes. */
class Source {
  readonly #iterator: AsyncIterator<Uint8Array>;
  #held: Buffer = Buffer.alloc(0);

  constructor(bytes: Bytes) {
    this.#iterator = bytes[Symbol.asyncIterator]();
  }

  async line(longest: number): Promise<string | undefined> {
    for (;;) {
      const end = this.#held.indexOf(0x0a);
      if (end >= 0) {
        const line = this.#held.toString('latin1', 0, end);
        this.#held = this.#held.subarray(end + 1);
        return line;
      }
      if (this.#held.length > longest || !(await this.#more())) return undefined;
    }
  }

  async exactly(length: number): Promise<Buffer | undefined> {
    while (this.#held.length < length) if (!(await this.#more())) return undefined;
    const bytes = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(length);
    return bytes;
  }

  async *rest(): AsyncGenerator<Uint8Array, void> {
    if (this.#held.length > 0) yield this.#held;
    for (let next = await this.#iterator.next(); next.done !== true; next = await this.#iterator.next()) {
      yield next.value;
    }
  }

  async #more(): Promise<boolean> {
    const next = await this.#iterator.next();
    if (next.done === true) return false;
    this.#held = Buffer.concat([this.#held, next.value]);
    return true;
  }
}

function unpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '');
}

/** An encrypted file, and nobody to ask. */
export function noPassphrase(): TandemError {
  return new TandemError({
    code: 'backup.passphrase',
    culprit: 'caller',
    message: 'The backup is encrypted. Nothing was changed.',
    hint: 'Give the passphrase that it was made with',
  });
}

function wrongPassphrase(): TandemError {
  return new TandemError({
    code: 'backup.passphrase',
    culprit: 'caller',
    message: 'The passphrase is not the one that the backup was made with. Nothing was changed.',
    hint: 'Try again; without it nobody can read the backup',
  });
}
