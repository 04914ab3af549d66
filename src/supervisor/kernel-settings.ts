import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/**
 * The kernel settings a node needs, and the ledger by which they are put back: the value before is written down before
 * it is changed, so that a stop, or the next start after a crash, restores exactly what was there.
 */
const wanted: Readonly<Record<string, string>> = {
  // The node forwards between the VPN and the LAN.
  'net/ipv4/ip_forward': '1',
  // The standby's OpenVPN is bound to the virtual address before it is there (ip(7), IP_FREEBIND's system-wide form).
  'net/ipv4/ip_nonlocal_bind': '1',
};

type Ledger = Record<string, string>;

export class KernelSettings {
  readonly #ledgerFile: string;

  constructor(ledgerFile: string) {
    this.#ledgerFile = ledgerFile;
  }

  /** Applies the settings; values noted by an earlier run that crashed stay the ones to go back to. */
  apply(): void {
    const ledger: Ledger = this.#read();
    for (const key of Object.keys(wanted)) ledger[key] ??= readFileSync(`/proc/sys/${key}`, 'utf8').trim();
    const temporary = `${this.#ledgerFile}.new`;
    writeFileSync(temporary, JSON.stringify(ledger), { mode: 0o600 });
    renameSync(temporary, this.#ledgerFile);
    for (const [key, value] of Object.entries(wanted)) writeFileSync(`/proc/sys/${key}`, value);
  }

  restore(): void {
    for (const [key, value] of Object.entries(this.#read())) {
      if (key in wanted) writeFileSync(`/proc/sys/${key}`, value);
    }
    rmSync(this.#ledgerFile, { force: true });
  }

  #read(): Ledger {
    if (!existsSync(this.#ledgerFile)) return {};
    const ledger: Ledger = {};
    const noted: unknown = JSON.parse(readFileSync(this.#ledgerFile, 'utf8'));
    for (const [key, value] of Object.entries(noted ?? {}))
      if (typeof value === 'string') ledger[key] = value;
    return ledger;
  }
}
