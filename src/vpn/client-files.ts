import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import {
  type ClientConfig,
  clientConfigFileName,
  renderClientConfigFile,
} from '../access/openvpn/client-config.ts';
import { createRevocationList } from '../access/pki/revocation.ts';
import { readAuthority } from '../accounts/identity.ts';
import type { StandingUser } from '../accounts/standing.ts';
import { isExpired, needsPassword, nextTurn } from '../core/accounts/standing.ts';
import { nobodysFile } from '../core/openvpn/common-name.ts';
import { netmask, parseNetwork } from '../core/openvpn/ipv4.ts';
import { serverAddress6 } from '../core/vpn/ipv6-network.ts';
import type { VpnSettings } from '../core/vpn/settings.ts';
import { readVpnSettings } from '../settings/read.ts';
import type { Store } from '../store/store.ts';
import { address6Of, usersAndClients } from './client-addresses.ts';
import { RevokedSerials } from './revoked-serials.ts';

/** Whoever has no file of his own is refused, also where the file is not asked for first. */
const refusal = 'disable\n';
const revocationListDays = 30;
const dayMs = 86_400_000;
/** OpenVPN reads a client's file within a second of being told to let it in; then the client has to come in. */
const entryMs = 5_000;

interface Refreshed {
  /** Common names of clients whose file lets them in as before, but with something else in it. */
  readonly altered: readonly string[];
  /** Milliseconds until a file changes by time alone. */
  readonly nextTurn: number | undefined;
}

/**
 * The files that OpenVPN reads at every connect, kept equal to the store on both nodes: one per profile (its address,
 * `disable` for a blocked user) and the serials of revoked certificates. A returning client that holds a token is refused by these alone.
 * While the tokens of a user are to be refused, the file says `disable` too, except for the moment after a right password
 * (docs/adr/0005-changed-password.md).
 */
export class ClientFiles {
  readonly #store: Store;
  readonly #directory: string;
  readonly #revoked: RevokedSerials;
  readonly #revocationList: string;
  readonly #now: () => number;
  readonly #written = new Map<string, string>();
  /** What was rendered for each client last, so that a change of one costs nothing for the others. */
  readonly #rendered = new Map<string, { readonly from: string; readonly text: string }>();
  readonly #entering = new Map<string, NodeJS.Timeout>();
  #listedSerials: string | undefined;

  constructor(parts: {
    store: Store;
    directory: string;
    revokedSerials: string;
    revocationList: string;
    now: () => number;
  }) {
    this.#store = parts.store;
    this.#directory = parts.directory;
    this.#revoked = new RevokedSerials(parts.revokedSerials);
    this.#revocationList = parts.revocationList;
    this.#now = parts.now;
    mkdirSync(this.#directory, { recursive: true, mode: 0o750 });
    for (const file of readdirSync(this.#directory)) {
      this.#written.set(file, readFileSync(`${this.#directory}/${file}`, 'utf8'));
    }
  }

  stop(): void {
    for (const timer of this.#entering.values()) clearTimeout(timer);
    this.#entering.clear();
  }

  /** Writes what changed and removes what is gone; synchronous, so that a takeover right after a change finds it done. */
  refreshClients(): Refreshed {
    this.#revoked.follow(this.#store.certificates.revokedSerials());
    const { files, nextTurn } = this.#wanted();
    const altered: string[] = [];
    for (const [file, text] of files) {
      const before = this.#written.get(file);
      if (before === text) continue;
      replaceFile(`${this.#directory}/${file}`, text);
      this.#written.set(file, text);
      if (before !== undefined && !isDisabled(before) && !isDisabled(text)) altered.push(file);
    }
    for (const file of [...this.#written.keys()]) {
      if (files.has(file)) continue;
      rmSync(`${this.#directory}/${file}`, { force: true });
      this.#written.delete(file);
    }
    return { altered, nextTurn };
  }

  /** Lets a client in that just showed its password, though tokens of its user are refused at the moment. */
  openForEntry(commonName: string): void {
    const open = this.#entering.get(commonName);
    if (open === undefined && !isDisabled(this.#written.get(commonName) ?? '')) return;
    clearTimeout(open);
    const close = (): void => {
      this.#entering.delete(commonName);
      this.refreshClients();
    };
    this.#entering.set(commonName, setTimeout(close, entryMs));
    if (open === undefined) this.refreshClients();
  }

  /** For other programs that trust the authority. Signs a new revocation list when other certificates are revoked than in the last one, or when `due`. */
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

  #wanted(): { files: Map<string, string>; nextTurn: number | undefined } {
    const now = this.#now();
    const vpn = readVpnSettings(this.#store);
    const network = parseNetwork(vpn.network);
    const mask = netmask(network?.prefix ?? 24);
    const files = new Map([[nobodysFile, refusal]]);
    const { users, clients } = usersAndClients(this.#store);
    for (const { commonName, user, kind, ipv4: address } of clients) {
      const disabled =
        kind === 'auto-login'
          ? user.blocked || isExpired(user, now) || !user.autoLogin
          : this.#isRefused(user, commonName, now, vpn.token.renewal);
      const client: ClientConfig = {
        ...{ address, netmask: mask, disabled },
        ipv6: ipv6Of(vpn, address),
        routes: vpn.tunnel === 'full' ? user.routes : [...new Set([...vpn.routes, ...user.routes])],
        fullTunnel: vpn.tunnel === 'full',
        dns: vpn.dns,
        searchDomains: vpn.searchDomains,
      };
      files.set(clientConfigFileName(commonName), this.#render(commonName, client));
    }
    for (const name of this.#rendered.keys()) if (!files.has(name)) this.#rendered.delete(name);
    const turns = users.map((user) => nextTurn(user, now, vpn.token.renewal) ?? Number.POSITIVE_INFINITY);
    const next = turns.reduce((first, turn) => Math.min(first, turn), Number.POSITIVE_INFINITY);
    return { files, nextTurn: Number.isFinite(next) ? next - now : undefined };
  }

  #render(commonName: string, client: ClientConfig): string {
    const from = JSON.stringify(client);
    const known = this.#rendered.get(commonName);
    if (known?.from === from) return known.text;
    const text = renderClientConfigFile(client);
    this.#rendered.set(commonName, { from, text });
    return text;
  }

  #isRefused(user: StandingUser, commonName: string, now: number, renewal: number): boolean {
    if (user.blocked || isExpired(user, now)) return true;
    return needsPassword(user, now, renewal) && !this.#entering.has(commonName);
  }
}

function ipv6Of(vpn: VpnSettings, ipv4: string): ClientConfig['ipv6'] {
  const [address, server] = [address6Of(vpn, ipv4), serverAddress6(vpn.network6)];
  if (address === undefined || server === undefined) return undefined;
  return { address: `${address}/${vpn.network6.split('/')[1]}`, server };
}

function isDisabled(text: string): boolean {
  return text.startsWith('disable');
}

/** A reader sees the old text or the new one, never a part. No client is called like the file in between: its name has a colon. */
function replaceFile(path: string, text: string): void {
  const temporary = join(dirname(path), `.${basename(path)}.new`);
  writeFileSync(temporary, text, { mode: 0o640 });
  renameSync(temporary, path);
}
