import { defaultGroup, type Properties } from '../core/accounts/properties.ts';
import { TandemError } from '../core/errors.ts';
import { formatCommonName } from '../core/openvpn/common-name.ts';
import { parseIpv4, parseNetwork } from '../core/openvpn/ipv4.ts';
import { isClientAddress } from '../core/openvpn/pool.ts';
import { readVpnSettings } from '../settings/read.ts';
import type { ClientAddress } from '../store/client-address/client-address.ts';
import type { Transaction } from '../store/transaction.ts';
import type { UserChanges } from '../store/user/user.ts';
import { badProfileName, unknownGroup } from './errors.ts';
import { type PropertyWishes, withWishes } from './property-wishes.ts';

/** What an administrator wants of a user; what is not named stays. */
export interface UserWishes extends PropertyWishes {
  /** Null: in no group but that of everybody. */
  readonly group?: string | null | undefined;
  /** The VPN address of one of the user's profiles, whether it was made already or not. */
  readonly address?: { readonly profile: string; readonly ipv4: string } | undefined;
}

/**
 * @throws TandemError `accounts.user.expiry`, `accounts.user.route`, `accounts.user.address`, `accounts.access-rule`,
 * `accounts.profile.name`, `store.group.unknown`
 */
export function checkedChanges(
  transaction: Transaction,
  name: string,
  wishes: UserWishes,
  now: number,
): { changes: UserChanges; address: ClientAddress | undefined } {
  const { group, address, ...propertyWishes } = wishes;
  const properties: Properties = transaction.users.find(name)?.properties ?? {};
  const next = withWishes(properties, propertyWishes, now);
  const changes: UserChanges = {
    ...(JSON.stringify(next) === JSON.stringify(properties) ? {} : { properties: next }),
    ...(group === undefined ? {} : { group: checkedGroup(transaction, group) }),
  };
  return {
    changes,
    address: address === undefined ? undefined : checkedAddress(transaction, name, address),
  };
}

function checkedGroup(transaction: Transaction, group: string | null): string | undefined {
  if (group === null || group === defaultGroup) return undefined;
  if (transaction.groups.find(group) === undefined) throw unknownGroup(group);
  return group;
}

function checkedAddress(
  transaction: Transaction,
  userName: string,
  wish: { readonly profile: string; readonly ipv4: string },
): ClientAddress {
  const commonName = formatCommonName({ username: userName, profile: wish.profile });
  if (commonName === undefined) throw badProfileName(wish.profile);
  const text = readVpnSettings(transaction).network;
  const [network, address] = [parseNetwork(text), parseIpv4(wish.ipv4)];
  if (network !== undefined && address !== undefined && isClientAddress(network, address)) {
    return { commonName, ipv4: wish.ipv4 };
  }
  throw new TandemError({
    code: 'accounts.user.address',
    culprit: 'caller',
    message: `${JSON.stringify(wish.ipv4)} is not an address for a client of the VPN network ${text}.`,
    hint: 'Choose one inside it; its first two addresses and its last are taken by the network itself',
  });
}
