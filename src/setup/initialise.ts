import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importAuthority } from '../access/pki/import.ts';
import { createAdministrator } from '../accounts/administrator.ts';
import { createIdentity } from '../accounts/identity.ts';
import { TandemError } from '../core/errors.ts';
import type { KeyType } from '../core/vpn/certificate-keys.ts';
import { defaultVpnSettings, type VpnSettings } from '../core/vpn/settings.ts';
import { bareNetwork } from '../settings/network.ts';
import { checkNodeConfig, type NodeConfig, type WebPlace } from '../settings/node.ts';
import { paths } from '../settings/paths.ts';
import { type Account, accountNames, systemAccount } from '../settings/service-account.ts';
import { vpnSettingName, vpnSettingsSchema } from '../settings/vpn.ts';
import { Store } from '../store/store.ts';
import type { Transaction } from '../store/transaction.ts';
import { ensureNobodyAccount, ensureServiceAccount } from './account.ts';
import { chooseInterface, lanInterfaces } from './interfaces.ts';
import { isConfigured, restoreLeftovers, setAside } from './set-aside.ts';

const unitSource = fileURLToPath(new URL('../../packaging/tandem.service', import.meta.url));

export interface InitRequest {
  readonly start: 'primary' | 'failover' | 'follower';
  readonly name?: string | undefined;
  readonly interface?: string | undefined;
  readonly address?: string | undefined;
  /** What profiles name; empty means the virtual address. */
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly network?: string | undefined;
  readonly keyType?: KeyType | undefined;
  /** Files of an authority to take over. */
  readonly authority?: { readonly certificate: string; readonly privateKey: string } | undefined;
  /** Undefined: no TCP. */
  readonly tcpPort?: number | undefined;
  readonly allTraffic?: boolean | undefined;
  /** Whether clients reach the LAN of this node; they do unless this is false. */
  readonly privateNetworks?: boolean | undefined;
  readonly web?: WebPlace | undefined;
  /** On a primary node: who may open the pages. */
  readonly administrator?: { readonly name: string; readonly password: string } | undefined;
  /** Deletes what this machine was set up as before, once the new set-up stands. */
  readonly erase?: boolean | undefined;
  readonly startService: boolean;
}

/**
 * Makes a fresh machine a node: the system user, the folders, the node's own facts, and on a primary node the database
 * with the identity of the future pair. Everything is checked before anything is written.
 * @throws TandemError `setup.not-root`, `setup.already-set-up`, `setup.missing-program`, `setup.interface.*`, `setup.vpn`
 */
export async function initialise(request: InitRequest): Promise<NodeConfig> {
  checkMachine(request.erase === true);
  const lan = chooseInterface({ name: request.interface, address: request.address }, lanInterfaces());
  const node = checkNodeConfig(
    {
      nodeId: randomUUID(),
      name: request.name ?? hostname().split('.')[0]?.toLowerCase(),
      start: request.start,
      interface: lan.name,
      address: lan.address,
      prefixLength: lan.prefixLength,
      ...(request.web === undefined ? {} : { web: request.web }),
    },
    'this set-up',
  );
  const vpn = vpnSettings(request, bareNetwork(lan.address, lan.prefixLength));

  const identity = node.start === 'primary' ? await identityFor(request) : undefined;
  const administrator =
    request.administrator === undefined
      ? undefined
      : await createAdministrator(request.administrator, Date.now());

  const configured = isConfigured();
  if (configured) systemctl('stop', 'tandem');
  const before = configured ? setAside() : undefined;
  const later = (): void => undefined;
  // From here on it is all or nothing: an interrupt waits.
  process.on('SIGINT', later);
  try {
    write(node, vpn, (transaction) => {
      identity?.(transaction);
      administrator?.(transaction);
    });
  } catch (error) {
    before?.restore();
    if (configured && request.startService) systemctl('start', 'tandem');
    throw error;
  } finally {
    process.off('SIGINT', later);
  }
  before?.discard();
  if (request.startService) systemctl('enable', '--now', 'tandem');
  return node;
}

function write(node: NodeConfig, vpn: VpnSettings, fill: (transaction: Transaction) => void): void {
  ensureServiceAccount(accountNames.service);
  ensureNobodyAccount(accountNames.vpn);
  const account = systemAccount(accountNames.service);
  makeStateDirectory();
  if (node.start === 'primary') createStore(node, vpn, fill);
  giveTo(paths.stateDirectory, account);
  letOpenvpnRead(account, systemAccount(accountNames.vpn));
  mkdirSync(dirname(paths.nodeConfig), { recursive: true, mode: 0o755 });
  writeFileSync(paths.nodeConfig, `${JSON.stringify(node, null, 2)}\n`, { mode: 0o644 });
  if (!existsSync(paths.unitFile)) copyFileSync(unitSource, paths.unitFile);
}

function identityFor({ keyType, authority }: InitRequest): ReturnType<typeof createIdentity> {
  const now = new Date();
  if (authority === undefined) return createIdentity(now, { keyType });
  const [certificate, privateKey] = [authority.certificate, authority.privateKey].map(readPem);
  return createIdentity(now, { authority: importAuthority(certificate ?? '', privateKey ?? '', now) });
}

function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw problem(
      'setup.authority',
      `${file} cannot be read: ${cause instanceof Error ? cause.message : cause}`,
      'Name the PEM files of the authority: --ca-certificate FILE --ca-key FILE',
    );
  }
}

export function checkMachine(erase: boolean): void {
  if (process.getuid?.() !== 0) {
    throw problem('setup.not-root', 'tandem init needs root.', 'Run: sudo tandem init');
  }
  restoreLeftovers();
  if (isConfigured() && !erase) {
    throw problem(
      'setup.already-set-up',
      `This machine is a node already (${paths.nodeConfig}); nothing was changed.`,
      'To start over: tandem init --erase DELETE, which deletes what is there',
    );
  }
  const packages = {
    openvpn: 'openvpn',
    nft: 'nftables',
    setpriv: 'util-linux',
    useradd: 'passwd',
    sshd: 'openssh-server',
  };
  for (const [program, name] of Object.entries(packages)) {
    const found = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'].some((folder) =>
      existsSync(join(folder, program)),
    );
    if (!found)
      throw problem('setup.missing-program', `${program} is not installed.`, `Run: apt-get install ${name}`);
  }
}

function vpnSettings(request: InitRequest, lan: string): VpnSettings {
  const wish = {
    ...defaultVpnSettings,
    host: request.host ?? defaultVpnSettings.host,
    udp: { ...defaultVpnSettings.udp, port: request.port ?? defaultVpnSettings.udp.port },
    network: request.network ?? defaultVpnSettings.network,
    tcp: {
      ...defaultVpnSettings.tcp,
      ...(request.tcpPort === undefined ? {} : { enabled: true, port: request.tcpPort }),
    },
    tunnel: request.allTraffic === true ? 'full' : 'split',
    routes: request.privateNetworks === false ? [] : [lan],
  };
  const parsed = vpnSettingsSchema.safeParse(wish);
  if (parsed.success) return parsed.data;
  const reasons = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  throw problem('setup.vpn', `The VPN settings are not right: ${reasons}`, 'See: tandem init --help');
}

/** Others may pass through the top folder, as OpenVPN must, but list nothing; what holds secrets is closed to them. */
function makeStateDirectory(): void {
  mkdirSync(paths.stateDirectory, { recursive: true });
  chmodSync(paths.stateDirectory, 0o751);
  for (const folder of [dirname(paths.store), paths.quarantine, paths.sshDirectory]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }
  mkdirSync(paths.clientConfigDirectory, { recursive: true, mode: 0o750 });
}

/** The server writes these files; by the set-group-id bit each is for OpenVPN's group to read: inode(7). */
function letOpenvpnRead(owner: Account, reader: Account): void {
  for (const folder of [dirname(paths.clientConfigDirectory), paths.clientConfigDirectory]) {
    chownSync(folder, owner.uid, reader.gid);
    chmodSync(folder, 0o2750);
  }
}

function createStore(
  node: NodeConfig,
  vpn: VpnSettings,
  storeIdentity: (transaction: Transaction) => void,
): void {
  const store = Store.open({ path: paths.store, nodeId: node.nodeId, now: Date.now });
  try {
    store.write({ name: 'root', via: 'init' }, (transaction) => {
      storeIdentity(transaction);
      transaction.settings.set(vpnSettingName, vpn);
    });
  } finally {
    store.close();
  }
}

function giveTo(path: string, account: Account): void {
  chownSync(path, account.uid, account.gid);
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const child = join(path, entry.name);
    if (entry.isDirectory()) giveTo(child, account);
    else chownSync(child, account.uid, account.gid);
  }
}

function systemctl(...words: string[]): void {
  try {
    execFileSync('systemctl', words, { stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (cause) {
    throw new TandemError({
      code: 'setup.service',
      culprit: 'operator',
      message: `The service of this node could not be ${words[0] === 'stop' ? 'stopped' : 'started'}: ${cause instanceof Error ? cause.message : cause}`,
      hint: 'Look at: systemctl status tandem; then start it: systemctl enable --now tandem',
      cause,
    });
  }
}

function problem(code: string, message: string, hint: string): TandemError {
  return new TandemError({ code, culprit: 'operator', message, hint });
}
