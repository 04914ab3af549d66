import { z } from 'zod';

/** The setting `vpn`: what clients connect to and where they may go. */
export type VpnSettings = {
  /** The host name or address that profiles name; empty means the virtual address (or this node's own when alone). */
  readonly host: string;
  readonly port: number;
  readonly network: string;
  /** Networks behind the nodes that clients may reach. */
  readonly routes: readonly string[];
  readonly dns: readonly string[];
  /** Seconds: how often each side pings, and after how long without an answer a client starts over. */
  readonly keepalive: { readonly ping: number; readonly restart: number };
};

/** The name under which the store keeps them. */
export const vpnSettingName = 'vpn';

export const keepaliveSchema: z.ZodType<VpnSettings['keepalive']> = z
  .strictObject({ ping: z.int().min(1).max(60), restart: z.int().min(2).max(600) })
  .refine((keepalive) => keepalive.restart >= 2 * keepalive.ping, 'restart must be at least twice ping');

export const vpnSettingsSchema: z.ZodType<VpnSettings> = z.strictObject({
  host: z.union([z.literal(''), z.ipv4(), z.hostname()]),
  port: z.int().min(1).max(65_535),
  network: z.cidrv4(),
  routes: z.array(z.cidrv4()).max(64),
  dns: z.array(z.ipv4()).max(4),
  keepalive: keepaliveSchema,
});

export const defaultVpnSettings: VpnSettings = {
  host: '',
  port: 1194,
  network: '10.8.0.0/20',
  routes: [],
  dns: [],
  // The shortest that OpenVPN allows for a client that learns of a takeover by silence alone.
  keepalive: { ping: 1, restart: 4 },
};
