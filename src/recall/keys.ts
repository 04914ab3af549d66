import { createCipheriv, createHmac, randomBytes } from 'node:crypto';
import { type ServerToClientKeys, serverToClientKeys } from '../core/recall/client-key.ts';
import { buildRecallPacket, type PacketCrypto } from '../core/recall/packet.ts';
import type { Store } from '../store/store.ts';

const crypto: PacketCrypto = {
  hmacSha256: (key, data) => createHmac('sha256', key).update(data).digest(),
  aes256Ctr: (key, iv, data) => createCipheriv('aes-256-ctr', key, iv).update(data),
};

/** The keys of all profiles, unpacked beforehand: at a takeover nothing is read, parsed or loaded for the first time. */
export class RecallKeys {
  readonly #store: Store;
  readonly #keys = new Map<string, ServerToClientKeys>();

  constructor(store: Store) {
    this.#store = store;
    this.#refresh();
    store.onChange(({ cause, tables }) => {
      if (cause === 'replace' || tables.includes('certificate')) this.#refresh();
    });
  }

  /** The packet for the client with that common name; undefined when it has no certificate that is valid here. */
  packetFor(commonName: string, nowSeconds: number): Uint8Array | undefined {
    const keys = this.#keys.get(commonName);
    return keys && buildRecallPacket({ keys, sessionId: randomBytes(8), nowSeconds }, crypto);
  }

  #refresh(): void {
    this.#keys.clear();
    for (const certificate of this.#store.certificates.list()) {
      if (certificate.revokedAt !== undefined) continue;
      const keys = serverToClientKeys(bytesOf(certificate.tlsCryptV2Key));
      if (keys !== undefined) this.#keys.set(certificate.commonName, keys);
    }
    // The first use of a cipher loads code.
    for (const name of this.#keys.keys()) {
      this.packetFor(name, 0);
      return;
    }
  }
}

function bytesOf(pem: string): Uint8Array {
  const lines = pem.split('\n').filter((line) => !line.startsWith('-----'));
  return Buffer.from(lines.join(''), 'base64');
}
