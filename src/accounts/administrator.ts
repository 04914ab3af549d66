import { checkPassword, hashPassword } from '../access/auth/password.ts';
import { defaultVpnSettings } from '../core/vpn/settings.ts';
import type { Transaction } from '../store/transaction.ts';
import { checkUserName } from '../store/user/user.ts';

/**
 * The first administrator of a new pair; returns the change that stores the account.
 * @throws TandemError `store.user.name`, `access.auth.weak-password`
 */
export async function createAdministrator(
  account: { readonly name: string; readonly password: string },
  now: number,
): Promise<(transaction: Transaction) => void> {
  checkUserName(account.name);
  checkPassword(account.password, defaultVpnSettings.passwords);
  const passwordHash = await hashPassword(account.password);
  return ({ users }) => {
    users.add({ name: account.name, passwordHash, blocked: false, createdAt: now });
    users.change(account.name, { properties: { administrator: true } });
  };
}
