import { tryClientDirectives, tryServerDirectives } from '../access/openvpn/trial.ts';
import { TandemError } from '../core/errors.ts';
import { formatIpv4, parseIpv4, parseNetwork } from '../core/openvpn/ipv4.ts';
import { firstFreeAddress, isClientAddress } from '../core/openvpn/pool.ts';
import { type Consequence, consequences } from '../core/vpn/consequences.ts';
import type { VpnSettings } from '../core/vpn/settings.ts';
import { asServed, readVpnSettings } from '../settings/read.ts';
import { vpnSettingName, vpnSettingsSchema } from '../settings/vpn.ts';
import type { Actor } from '../store/actor.ts';
import type { Store } from '../store/store.ts';
import type { Transaction } from '../store/transaction.ts';
import type { Write } from './write.ts';

/** A change of the settings, made or only looked at. */
export interface SettingsChange {
  readonly settings: VpnSettings;
  readonly consequences: readonly Consequence[];
  /** False when it was only looked at, or nothing changed. */
  readonly applied: boolean;
  readonly protected: boolean;
}

/** The settings of the VPN. */
export class VpnSettingsNoun {
  readonly #store: Store;
  readonly #write: Write;

  constructor(parts: { store: Store; write: Write }) {
    this.#store = parts.store;
    this.#write = parts.write;
  }

  get(): VpnSettings {
    return readVpnSettings(this.#store);
  }

  /**
   * Changes what the patch names: `{ tcp: { enabled: true } }` leaves the rest of `tcp` as it is; a list is replaced whole.
   * @param dryRun says what would happen and changes nothing
   * @throws TandemError `settings.invalid`, naming each wrong field; `settings.directive`, naming the line and why OpenVPN does not take it
   */
  async set(actor: Actor, patch: unknown, dryRun: boolean): Promise<SettingsChange> {
    const before = this.get();
    const wanted = checked(merged(before, patch));
    const effects = consequences(this.#served(before), this.#served(wanted));
    const same = JSON.stringify(before) === JSON.stringify(wanted);
    if (wanted.directives.server !== before.directives.server)
      await tryServerDirectives(wanted.directives.server);
    if (wanted.directives.client !== before.directives.client)
      await tryClientDirectives(wanted.directives.client);
    movedAddresses(this.#store, wanted.network);
    if (dryRun || same) return { settings: wanted, consequences: effects, applied: false, protected: false };
    const written = await this.#write(actor, (transaction) => {
      // Another change may have come in between: the patch counts on top of it.
      const settings = checked(merged(readVpnSettings(transaction), patch));
      readdress(transaction, settings.network);
      transaction.settings.set(vpnSettingName, settings);
      return settings;
    });
    return {
      settings: written.result,
      consequences: consequences(this.#served(before), this.#served(written.result)),
      applied: true,
      protected: written.protected,
    };
  }

  #served(settings: VpnSettings): VpnSettings {
    return asServed(this.#store, settings);
  }
}

function readdress(transaction: Transaction, networkText: string): void {
  const moved = movedAddresses(transaction, networkText);
  for (const commonName of moved.keys()) transaction.clientAddresses.release(commonName);
  for (const [commonName, ipv4] of moved) transaction.clientAddresses.assign(commonName, ipv4);
}

/**
 * In another network every profile gets the address at the same distance from its beginning, or the first free one; by common name.
 * @throws TandemError `settings.network-too-small`
 */
function movedAddresses(
  source: Pick<Store, 'settings' | 'clientAddresses'>,
  networkText: string,
): ReadonlyMap<string, string> {
  const next = new Map<string, string>();
  const [before, after] = [parseNetwork(readVpnSettings(source).network), parseNetwork(networkText)];
  if (before === undefined || after === undefined) return next;
  if (before.address === after.address && before.prefix === after.prefix) return next;
  const addresses = source.clientAddresses.list();
  const taken = new Set<string>();
  for (const { commonName, ipv4 } of addresses) {
    const moved = after.address + ((parseIpv4(ipv4) ?? 0) - before.address);
    const fits = isClientAddress(after, moved) && !taken.has(formatIpv4(moved));
    const address = fits ? formatIpv4(moved) : firstFreeAddress(after, taken);
    if (address === undefined) throw tooSmall(networkText, addresses.length);
    taken.add(address);
    next.set(commonName, address);
  }
  return next;
}

function tooSmall(network: string, profiles: number): TandemError {
  return new TandemError({
    code: 'settings.network-too-small',
    culprit: 'caller',
    message: `The network ${network} has not enough addresses for the ${profiles} profiles there are. Nothing was changed.`,
    hint: 'Choose a larger network, such as 10.8.0.0/20',
  });
}

function checked(value: unknown): VpnSettings {
  const parsed = vpnSettingsSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const reasons = parsed.error.issues.map((issue) => {
    const path = issue.path.join('.');
    return `${path === '' ? '' : `${path}: `}${issue.message}`;
  });
  throw new TandemError({
    code: 'settings.invalid',
    culprit: 'caller',
    message: `The settings are not right: ${reasons.join('; ')}. Nothing was changed.`,
    hint: 'See what there is: tandem settings get',
  });
}

function merged(value: unknown, patch: unknown): unknown {
  if (!isObject(value) || !isObject(patch)) return patch;
  const result: Record<string, unknown> = { ...value };
  for (const [name, part] of Object.entries(patch))
    result[name] = name in value ? merged(value[name], part) : part;
  return result;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
