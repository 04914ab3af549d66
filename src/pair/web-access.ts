import type { Logger } from 'pino';
import { ApiTokens } from '../accounts/api-tokens.ts';
import { OneTimeLinks } from '../accounts/one-time-links.ts';
import type { Profiles } from '../accounts/profiles.ts';
import { SignIn } from '../accounts/sign-in.ts';
import type { UserAccounts } from '../accounts/users.ts';
import { WebSessions } from '../accounts/web-sessions.ts';
import type { Write } from '../accounts/write.ts';
import type { Privileged } from '../privileged/privileged.ts';
import { bareAddress } from '../settings/network.ts';
import { defaultWebPlace, type NodeConfig } from '../settings/node.ts';
import { type PairNode, type PairSettings, viewOf } from '../settings/pair.ts';
import { readPairSettings, readVpnSettings } from '../settings/read.ts';
import type { Store } from '../store/store.ts';
import type { Role } from './role.ts';
import { WebCertificates } from './web-certificate/web-certificates.ts';

interface WebAccessParts {
  readonly store: Store;
  readonly config: NodeConfig;
  readonly write: Write;
  readonly refuseUnlessActive: () => void;
  readonly privileged: Privileged;
  readonly log: Logger;
  readonly role: () => Role;
  readonly users: Pick<UserAccounts, 'rememberLogin'>;
  readonly profiles: Profiles;
  readonly now: () => number;
}

/** Who may open the pages of this node, where they answer and how the node proves itself there. */
export class WebAccess {
  readonly signIn: SignIn;
  readonly sessions: WebSessions;
  readonly tokens: ApiTokens;
  readonly links: OneTimeLinks;
  readonly certificates: WebCertificates;
  readonly #parts: WebAccessParts;
  readonly #roleListeners = new Set<(role: Role) => void>();

  constructor(parts: WebAccessParts) {
    const { store, write, users, profiles, now } = parts;
    this.#parts = parts;
    this.signIn = new SignIn({ store, rememberLogin: (fact) => users.rememberLogin(fact), now });
    this.sessions = new WebSessions({ store, write, now });
    this.tokens = new ApiTokens({ store, write, now });
    this.links = new OneTimeLinks({ store, write, profiles, now });
    this.certificates = new WebCertificates({
      ...parts,
      names: () => this.names(),
      door: () => this.#door,
    });
  }

  onRole(listener: (role: Role) => void): void {
    this.#roleListeners.add(listener);
  }

  followRole(role: Role): void {
    for (const listener of this.#roleListeners) listener(role);
  }

  /** Where the pages answer: `0.0.0.0` for everywhere. A follower, which holds no key to prove itself with, has none. */
  addresses(): readonly string[] {
    const { config } = this.#parts;
    if (config.start === 'follower') return [];
    if (config.web?.on === 'all') return ['0.0.0.0'];
    const pair = this.#pair;
    return [config.address, ...(pair === undefined ? [] : sharedAddresses(pair))];
  }

  get port(): number {
    return (this.#parts.config.web ?? defaultWebPlace).port;
  }

  /** Every name and address under which a browser may reach the pages of this node or of its pair. */
  names(): readonly string[] {
    const { config, store } = this.#parts;
    const pair = this.#pair;
    const nodes = pair?.nodes.flatMap(({ name, address }) => [name, address]) ?? [];
    const shared = pair === undefined ? [] : sharedAddresses(pair);
    const { host } = readVpnSettings(store);
    const all = [config.name, config.address, ...nodes, ...shared, ...(host === '' ? [] : [host])];
    return [...new Set([...all, 'localhost', '127.0.0.1'])];
  }

  /** On the active node: sees to it that the certificate of the pages is in force and names what it should. */
  async renewCertificate(): Promise<void> {
    if (this.#parts.role() === 'active') await this.certificates.look();
  }

  /** Seen from a standby: which node is active, and where its pages are. Undefined on the active one. */
  activeNode(): { name: string; address: string; url: string } | undefined {
    const peer = this.#peer;
    if (this.#parts.role() === 'active' || peer === undefined) return undefined;
    return { name: peer.name, address: peer.address, url: `https://${peer.address}:${this.port}/` };
  }

  /** Where whoever asks for one of the names arrives: the shared address, which only the active node holds. */
  get #door(): string {
    const { config } = this.#parts;
    if (config.web?.on === 'all') return '0.0.0.0';
    return this.#pair === undefined ? config.address : bareAddress(this.#pair.virtualAddress);
  }

  get #pair(): PairSettings | undefined {
    return readPairSettings(this.#parts.store);
  }

  get #peer(): PairNode | undefined {
    const pair = this.#pair;
    return pair === undefined ? undefined : viewOf(pair, this.#parts.config.nodeId)?.peer;
  }
}

function sharedAddresses({ virtualAddress, address6 }: PairSettings): readonly string[] {
  return [virtualAddress, ...(address6 === undefined ? [] : [address6])].map(bareAddress);
}
