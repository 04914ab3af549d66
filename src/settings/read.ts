import { type PairSettings, pairSettingName, pairSettingsSchema } from './pair.ts';
import { defaultVpnSettings, type VpnSettings, vpnSettingName, vpnSettingsSchema } from './vpn.ts';

interface SettingsSource {
  readonly settings: { get(name: string): unknown };
}

/** Undefined while the node is alone. */
export function readPairSettings(source: SettingsSource): PairSettings | undefined {
  const value = source.settings.get(pairSettingName);
  return value === undefined ? undefined : pairSettingsSchema.parse(value);
}

export function readVpnSettings(source: SettingsSource): VpnSettings {
  const value = source.settings.get(vpnSettingName);
  return value === undefined ? defaultVpnSettings : vpnSettingsSchema.parse(value);
}
