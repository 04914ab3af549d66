import { closeSync, mkdirSync, openSync, readdirSync, rmSync } from 'node:fs';

/**
 * The directory in which OpenVPN looks for the serial of each certificate (`crl-verify DIR dir`): an empty file for each
 * that is revoked, named with its decimal digits. A signed list says the same, but OpenSSL checks its signature twice in
 * every handshake, half of what a returning client costs below an authority with P-384; and a list ends. A file that OpenVPN's
 * user cannot read would count as none: it is for that user's group, by the set-group-id bit of the directory above.
 */
export class RevokedSerials {
  readonly #directory: string;
  readonly #written: Set<string>;

  constructor(directory: string) {
    this.#directory = directory;
    mkdirSync(directory, { recursive: true, mode: 0o750 });
    this.#written = new Set(readdirSync(directory));
  }

  /** Synchronous, so that a takeover right after a change finds it done. */
  follow(serialsHex: readonly string[]): void {
    const wanted = new Set(serialsHex.map((serial) => BigInt(`0x${serial}`).toString()));
    for (const name of wanted.difference(this.#written)) {
      closeSync(openSync(`${this.#directory}/${name}`, 'w', 0o640));
      this.#written.add(name);
    }
    for (const name of this.#written.difference(wanted)) {
      rmSync(`${this.#directory}/${name}`, { force: true });
      this.#written.delete(name);
    }
  }
}
