import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { clientConfigFileName, renderClientConfigFile } from '../access/openvpn/client-config.ts';
import { createRevocationList } from '../access/pki/revocation.ts';
import { readAuthority } from '../accounts/identity.ts';
import { netmask, parseNetwork } from '../core/openvpn/ipv4.ts';
import { readVpnSettings } from '../settings/read.ts';
import type { Store } from '../store/store.ts';

const revocationListDays = 30;
const dayMs = 86_400_000;

/**
 * The files that OpenVPN reads at every connect, kept equal to the store on both nodes: one per profile (its address,
 * `disable` for a blocked user) and the revocation list. A returning client that holds a token is refused by these alone.
 */
export class ClientFiles {
  readonly #store: Store;
  readonly #directory: string;
  readonly #revocationList: string;
  readonly #now: () => number;
  readonly #written = new Map<string, string>();
  #listedSerials: string | undefined;

  constructor(parts: { store: Store; directory: string; revocationList: string; now: () => number }) {
    this.#store = parts.store;
    this.#directory = parts.directory;
    this.#revocationList = parts.revocationList;
    this.#now = parts.now;
    mkdirSync(this.#directory, { recursive: true, mode: 0o750 });
    for (const file of readdirSync(this.#directory)) {
      this.#written.set(file, readFileSync(`${this.#directory}/${file}`, 'utf8'));
    }
  }

  /** Writes what changed and removes what is gone; synchronous, so that a takeover right after a change finds it done. */
  refreshClients(): void {
    const wanted = this.#wanted();
    for (const [file, text] of wanted) {
      if (this.#written.get(file) === text) continue;
      replaceFile(`${this.#directory}/${file}`, text);
      this.#written.set(file, text);
    }
    for (const file of [...this.#written.keys()]) {
      if (wanted.has(file)) continue;
      rmSync(`${this.#directory}/${file}`, { force: true });
      this.#written.delete(file);
    }
  }

  /** Signs a new revocation list when other certificates are revoked than in the last one, or when `due`. */
  async refreshRevocationList(due = false): Promise<void> {
    const revoked = this.#store.certificates.revoked();
    const serials = revoked.map((one) => one.serial).join();
    if (!due && serials === this.#listedSerials) return;
    const now = this.#now();
    const list = await createRevocationList(readAuthority(this.#store), {
      // The nodes take turns in issuing lists: the time grows on both.
      number: Math.floor(now / 1_000),
      revoked: revoked.map((one) => ({ serialHex: one.serial, revokedAt: new Date(one.revokedAt ?? now) })),
      now: new Date(now),
      nextUpdate: new Date(now + revocationListDays * dayMs),
    });
    replaceFile(this.#revocationList, list);
    this.#listedSerials = serials;
  }

  #wanted(): Map<string, string> {
    const network = parseNetwork(readVpnSettings(this.#store).network);
    const mask = netmask(network?.prefix ?? 24);
    const users = new Map(this.#store.users.list().map((user) => [user.name, user]));
    const addresses = new Map(this.#store.clientAddresses.list().map((one) => [one.commonName, one.ipv4]));
    const files = new Map<string, string>();
    for (const certificate of this.#store.certificates.list()) {
      const user = users.get(certificate.userName);
      const address = addresses.get(certificate.commonName);
      if (certificate.revokedAt !== undefined || user === undefined || address === undefined) continue;
      files.set(
        clientConfigFileName(certificate.commonName),
        renderClientConfigFile({ address, netmask: mask, disabled: user.blocked, routes: [] }),
      );
    }
    return files;
  }
}

/** A reader sees the old text or the new one, never a part. No client is called like the file in between: its name has a colon. */
function replaceFile(path: string, text: string): void {
  const temporary = join(dirname(path), `.${basename(path)}.new`);
  writeFileSync(temporary, text, { mode: 0o640 });
  renameSync(temporary, path);
}
