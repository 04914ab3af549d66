import { z } from 'zod';
import { defaultReplicationSettings, type ReplicationSettings } from '../core/replication/settings.ts';

/** The name under which the store keeps them. */
export const replicationSettingName = 'replication';

export const replicationSettingsSchema: z.ZodType<ReplicationSettings> = z.strictObject({
  protection: z.enum(['prefer', 'require']),
  journalDays: z.int().min(1).max(3_650),
  journalMegabytes: z.int().min(1).max(4_096),
  auditDays: z.int().min(1).max(3_650),
  auditEntries: z.int().min(1_000).max(10_000_000),
});

interface SettingsSource {
  readonly settings: { get(name: string): unknown };
}

/** What was never set is as by default. */
export function readReplicationSettings(source: SettingsSource): ReplicationSettings {
  const value = source.settings.get(replicationSettingName);
  if (typeof value !== 'object' || value === null) return defaultReplicationSettings;
  const known = Object.entries(value).filter(([name]) => name in defaultReplicationSettings);
  return replicationSettingsSchema.parse({ ...defaultReplicationSettings, ...Object.fromEntries(known) });
}
