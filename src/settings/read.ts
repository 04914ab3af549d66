import { defaultVpnSettings, type VpnSettings } from '../core/vpn/settings.ts';
import { bareAddress } from './network.ts';
import { type PairSettings, pairSettingName, pairSettingsSchema } from './pair.ts';
import { vpnSettingName, vpnSettingsSchema } from './vpn.ts';

export interface SettingsSource {
  readonly settings: { get(name: string): unknown };
}

/** Undefined while the node is alone. */
export function readPairSettings(source: SettingsSource): PairSettings | undefined {
  const value = source.settings.get(pairSettingName);
  return value === undefined ? undefined : pairSettingsSchema.parse(value);
}

/** What was read of a value once: a value from the store is never changed, and logins ask again and again. */
const vpnSettingsOf = new WeakMap<object, VpnSettings>();

/** What was never set is as by default; a version that knows more settings than the one that wrote them adds its own. */
export function readVpnSettings(source: SettingsSource): VpnSettings {
  const value = source.settings.get(vpnSettingName);
  if (typeof value !== 'object' || value === null) return defaultVpnSettings;
  const known = vpnSettingsOf.get(value);
  if (known !== undefined) return known;
  const settings = vpnSettingsSchema.parse({ ...defaultVpnSettings, ...value });
  vpnSettingsOf.set(value, settings);
  return settings;
}

/** The same as both nodes serve by them. */
export function readServedSettings(source: SettingsSource): VpnSettings {
  return asServed(source, readVpnSettings(source));
}

/** A pair's shared IPv6 address takes the place of one that was set by hand. */
export function asServed(source: SettingsSource, settings: VpnSettings): VpnSettings {
  const shared = readPairSettings(source)?.address6;
  return shared === undefined ? settings : { ...settings, address6: bareAddress(shared) };
}
