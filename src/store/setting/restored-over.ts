import type { Reading } from '../database.ts';
import { Settings } from './setting.ts';

/**
 * What a restored backup took the place of: the hash of the newest entry that was there. That history was given up by somebody's
 * decision, and is kept on the node where the backup was restored: a standby at the same entry loses nothing with it.
 */
export const restoredOverSetting = 'restored-over';

export function restoredOver(database: Reading): string | undefined {
  const hash = new Settings(database).get(restoredOverSetting);
  return typeof hash === 'string' ? hash : undefined;
}
