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
  'net/ipv6/ip_nonlocal_bind': '1',
};

/** Where clients have IPv6: the node forwards it. A node that forwards no longer takes its own address from a router, unless it says 2. */
const wantedForIpv6 = (link: string): Readonly<Record<string, string>> => ({
  'net/ipv6/conf/all/forwarding': '1',
  [`net/ipv6/conf/${link.replaceAll('/', '.')}/accept_ra`]: '2',
});

type Ledger = Record<string, string>;

export class KernelSettings {
  readonly #ledgerFile: string;

  constructor(ledgerFile: string) {
    this.#ledgerFile = ledgerFile;
  }

  /** Applies the settings; values noted by an earlier run that crashed stay the ones to go back to. */
  apply(): void {
    this.#set(wanted);
  }

  /** Clients have IPv6 addresses: the node forwards between them and the LAN. */
  forwardIpv6(lanInterface: string): void {
    this.#set(wantedForIpv6(lanInterface));
  }

  /** What this kernel does not have (IPv6 may be switched off) is left out. */
  #set(settings: Readonly<Record<string, string>>): void {
    const ledger: Ledger = this.#read();
    const known = Object.entries(settings).filter(([key]) => existsSync(`/proc/sys/${key}`));
    for (const [key] of known) ledger[key] ??= readFileSync(`/proc/sys/${key}`, 'utf8').trim();
    const temporary = `${this.#ledgerFile}.new`;
    writeFileSync(temporary, JSON.stringify(ledger), { mode: 0o600 });
    renameSync(temporary, this.#ledgerFile);
    for (const [key, value] of known) writeFileSync(`/proc/sys/${key}`, value);
  }

  restore(): void {
    for (const [key, value] of Object.entries(this.#read())) {
      if (isOurs(key)) writeFileSync(`/proc/sys/${key}`, value);
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

function isOurs(key: string): boolean {
  return key in wanted || /^net\/ipv6\/conf\/[^/]+\/(forwarding|accept_ra)$/.test(key);
}
