import { createCipheriv, createHmac, randomBytes } from 'node:crypto';
import { genericCommonName, isLoginName } from '../core/openvpn/common-name.ts';
import {
  type ClientToServerKeys,
  clientToServerKeys,
  type ServerToClientKeys,
  serverToClientKeys,
} from '../core/recall/client-key.ts';
import { isResetOf } from '../core/recall/client-reset.ts';
import { buildRecallPacket, type PacketCrypto } from '../core/recall/packet.ts';
import type { Store } from '../store/store.ts';

const crypto: PacketCrypto = {
  hmacSha256: (key, data) => createHmac('sha256', key).update(data).digest(),
  aes256Ctr: (key, iv, data) => createCipheriv('aes-256-ctr', key, iv).update(data),
};

/** The keys of all profiles, unpacked beforehand: at a takeover nothing is read, parsed or loaded for the first time. */
export class RecallKeys {
  readonly #store: Store;
  readonly #keys = new Map<
    string,
    { readonly pem: string; readonly toClient: ServerToClientKeys; readonly toServer: ClientToServerKeys }
  >();

  constructor(store: Store) {
    this.#store = store;
    this.#refresh();
    store.onChange(({ cause, tables }) => {
      if (cause === 'replace' || tables.includes('certificate')) this.#refresh();
    });
  }

  /** The packet for the client with that common name; undefined when it has no certificate that is valid here. */
  packetFor(commonName: string, nowSeconds: number): Uint8Array | undefined {
    const keys = this.#keysOf(commonName);
    return keys && buildRecallPacket({ keys: keys.toClient, sessionId: randomBytes(8), nowSeconds }, crypto);
  }

  /** Whether that client, and nobody who lacks its key, has made this packet to begin a session. */
  beginsSessionOf(commonName: string, packet: Uint8Array): boolean {
    const keys = this.#keysOf(commonName);
    return keys !== undefined && isResetOf(packet, keys.toServer, crypto);
  }

  /** Whoever logged in with the generic profile has its key. */
  #keysOf(commonName: string) {
    return this.#keys.get(isLoginName(commonName) ? genericCommonName : commonName);
  }

  #refresh(): void {
    const wanted = this.#store.certificates.tlsCryptV2Keys();
    for (const name of this.#keys.keys()) if (!wanted.has(name)) this.#keys.delete(name);
    for (const [name, pem] of wanted) {
      if (this.#keys.get(name)?.pem === pem) continue;
      this.#keys.delete(name);
      const bytes = bytesOf(pem);
      const [toClient, toServer] = [serverToClientKeys(bytes), clientToServerKeys(bytes)];
      if (toClient && toServer) this.#keys.set(name, { pem, toClient, toServer });
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
