import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { VpnSettingsChangeAnswer, VpnSettingsView } from '../../../src/api/settings-contract.ts';
import type { VpnSettings } from '../../../src/core/vpn/settings.ts';
import { request } from '../api/request.ts';

export type { VpnSettings, VpnSettingsChangeAnswer, VpnSettingsView };
export type ConsequenceView = VpnSettingsChangeAnswer['consequences'][number];
export type KeepaliveChoiceView = VpnSettingsView['keepalive']['presets'][number];

export const vpnSettingsKey = ['settings', 'vpn'] as const;

export function useVpnSettings() {
  return useQuery({
    queryKey: vpnSettingsKey,
    queryFn: ({ signal }) => request<VpnSettingsView>('/settings/vpn', { signal }),
  });
}

/** With `dryRun` nothing changes: the answer says what would happen. */
export const changeVpnSettings = (
  settings: Partial<VpnSettings>,
  dryRun: boolean,
): Promise<VpnSettingsChangeAnswer> =>
  request('/settings/vpn', { method: 'PATCH', body: { settings, dryRun } });

/** What is typed but not saved yet. */
export interface Draft {
  /** The settings as they would be. */
  readonly settings: VpnSettings;
  /** Only what differs from what is in force. */
  readonly changes: Partial<VpnSettings>;
  readonly changed: boolean;
  set<Name extends keyof VpnSettings>(name: Name, value: VpnSettings[Name]): void;
  reset(): void;
}

/** A draft over the settings in force: what somebody else changes meanwhile shows where nothing was typed. */
export function useDraft(inForce: VpnSettings): Draft {
  const [typed, setTyped] = useState<Partial<VpnSettings>>({});
  const changes = Object.fromEntries(
    Object.entries(typed).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(inForce[name as keyof VpnSettings]),
    ),
  ) as Partial<VpnSettings>;
  return {
    settings: { ...inForce, ...typed },
    changes,
    changed: Object.keys(changes).length > 0,
    set: (name, value) => setTyped((before) => ({ ...before, [name]: value })),
    reset: () => setTyped({}),
  };
}
