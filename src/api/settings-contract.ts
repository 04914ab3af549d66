import { z } from 'zod';
import type { VpnSettings } from '../core/vpn/settings.ts';
import { vpnSettingsSchema } from '../settings/vpn.ts';

/** What a change brings about, in words; `interrupts` says whether connected clients notice, `clients` how many there are now. */
export interface ConsequenceView {
  readonly type: string;
  /** The name of the server process that is meant; null for all or none. */
  readonly process: string | null;
  readonly words: string;
  readonly interrupts: boolean;
  readonly clients: number;
}
const consequenceSchema: z.ZodType<ConsequenceView> = z.object({
  type: z.string(),
  process: z.string().nullable(),
  words: z.string(),
  interrupts: z.boolean(),
  clients: z.int(),
});

/** A choice for `keepalive`, with the outage it means for a client that cannot be called back. */
interface KeepaliveChoiceView {
  readonly name: string;
  readonly ping: number;
  readonly restart: number;
  readonly suits: string;
  readonly longestOutageSeconds: number;
  readonly pingsPerHour: number;
}

export interface VpnSettingsView {
  readonly settings: VpnSettings;
  readonly defaults: VpnSettings;
  readonly keepalive: {
    /** Of the settings as they are. */
    readonly longestOutageSeconds: number;
    readonly pingsPerHour: number;
    readonly presets: readonly KeepaliveChoiceView[];
  };
}
export const vpnSettingsViewSchema: z.ZodType<VpnSettingsView> = z.object({
  settings: vpnSettingsSchema,
  defaults: vpnSettingsSchema,
  keepalive: z.object({
    longestOutageSeconds: z.number(),
    pingsPerHour: z.int(),
    presets: z.array(
      z.object({
        name: z.string(),
        ping: z.int(),
        restart: z.int(),
        suits: z.string(),
        longestOutageSeconds: z.number(),
        pingsPerHour: z.int(),
      }),
    ),
  }),
});

/** Only what is named changes, at any depth; lists are replaced whole. `dryRun` changes nothing and says what would happen. */
export interface VpnSettingsChangeRequest {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly dryRun: boolean;
}
export const vpnSettingsChangeSchema: z.ZodType<VpnSettingsChangeRequest> = z.strictObject({
  settings: z.record(z.string(), z.unknown()),
  dryRun: z.boolean(),
});

export interface VpnSettingsChangeAnswer {
  readonly protected: boolean;
  /** False for a dry run, and when the settings were like that already. */
  readonly applied: boolean;
  readonly consequences: readonly ConsequenceView[];
  readonly settings: VpnSettings;
}
export const vpnSettingsChangeAnswerSchema: z.ZodType<VpnSettingsChangeAnswer> = z.object({
  protected: z.boolean(),
  applied: z.boolean(),
  consequences: z.array(consequenceSchema),
  settings: vpnSettingsSchema,
});
