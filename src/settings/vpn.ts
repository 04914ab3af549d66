import { z } from 'zod';
import { parsePrefix, prefixContains } from '../core/net/prefix.ts';
import { parseNetwork } from '../core/openvpn/ipv4.ts';
import type { Keepalive, Listener, TokenTimes, VpnSettings } from '../core/vpn/settings.ts';

/** The name under which the store keeps them. */
export const vpnSettingName = 'vpn';

/** OpenVPN needs at least twice the ping (`--keepalive`). */
export const keepaliveSchema: z.ZodType<Keepalive> = z
  .strictObject({ ping: z.int().min(1).max(60), restart: z.int().min(2).max(600) })
  .refine((keepalive) => keepalive.restart >= 2 * keepalive.ping, 'restart must be at least twice ping');

export const tokenTimesSchema: z.ZodType<TokenTimes> = z
  .strictObject({ lifetime: z.int().min(300).max(2_592_000), renewal: z.int().min(60).max(86_400) })
  .refine((token) => token.renewal <= token.lifetime, 'renewal must not be longer than lifetime');

const port = z.int().min(1).max(65_535);
const processes = z.int().min(1).max(16);
const listenerFields = { enabled: z.boolean(), port, processes };
const udp: z.ZodType<Listener> = z.strictObject(listenerFields);

const host = z.union([z.ipv4(), z.ipv6(), z.hostname()], 'must be a host name or an address');
const ipAddress = z.union([z.ipv4(), z.ipv6()], 'must be an address');
const network4 = z
  .string()
  .refine(
    (text) => parseNetwork(text) !== undefined,
    'must be a network such as 10.8.0.0/20, with no bits set behind the prefix',
  );
const network6 = z
  .string()
  .refine(isNetwork6, 'must be an IPv6 network such as fd00:8::/64, with no bits set behind the prefix');

/** `10.8.0.0/20` or `fd00:8::/64`. */
export const networkSchema: z.ZodType<string> = z.union(
  [network4, network6],
  'must be a network such as 10.20.0.0/16',
);

const sharedEndpoint = z
  .string()
  .regex(
    /^(?:\d{1,3}(?:\.\d{1,3}){3}|[a-z0-9.-]{1,63}):\d{1,5}$/,
    "must be 'pages' or an address and a port such as 127.0.0.1:8443",
  );

const directives = z.string().max(8_192);

export const vpnSettingsSchema: z.ZodType<VpnSettings> = z
  .strictObject({
    host: z.union([z.literal(''), host]),
    servers: z.array(z.strictObject({ host, weight: z.int().min(1).max(10) })).max(8),
    udp,
    tcp: z.strictObject({
      ...listenerFields,
      shareWith: z.union([z.literal(''), z.literal('pages'), sharedEndpoint]),
    }),
    generic: z.strictObject({ enabled: z.boolean(), protocol: z.enum(['udp', 'tcp']), port }),
    address6: z.union([z.literal(''), z.ipv6()]),
    network: network4.refine(
      (text) => prefixLength(text) >= 8 && prefixLength(text) <= 29,
      'must be a /8 to /29',
    ),
    network6: z.union([
      z.literal(''),
      network6.refine(
        (text) => prefixLength(text) >= 64 && prefixLength(text) <= 112,
        'must be a /64 to /112',
      ),
    ]),
    access: z.enum(['nat', 'routed']),
    tunnel: z.enum(['split', 'full']),
    routes: z.array(networkSchema).max(64),
    dns: z.array(ipAddress).max(4),
    searchDomains: z.array(z.hostname()).max(8),
    clientToClient: z.boolean(),
    dataChannel: z.enum(['process', 'kernel']),
    keepalive: keepaliveSchema,
    passwords: z.strictObject({
      minimumLength: z.int().min(4).max(128),
      minimumKinds: z.int().min(1).max(4),
    }),
    lockout: z.strictObject({
      failures: z.int().min(2).max(100),
      windowMinutes: z.int().min(1).max(1_440),
      minutes: z.int().min(1).max(1_440),
    }),
    token: tokenTimesSchema,
    certificateKeys: z.enum(['automatic', 'ec-p384', 'ec-p256', 'rsa-3072', 'rsa-4096']),
    directives: z.strictObject({ server: directives, client: directives }),
  })
  .refine((settings) => !clashes(settings), {
    path: ['generic', 'port'],
    error: 'must be a port that no other process of that protocol has',
  })
  .refine((settings) => settings.udp.enabled || settings.tcp.enabled, {
    path: ['udp', 'enabled'],
    error: 'at least one of udp.enabled and tcp.enabled must be true',
  });

function clashes({ generic, ...listeners }: VpnSettings): boolean {
  const { enabled, port: first, processes: count } = listeners[generic.protocol];
  return generic.enabled && enabled && generic.port >= first && generic.port < first + count;
}

function prefixLength(text: string): number {
  return Number(text.split('/')[1]);
}

function isNetwork6(text: string): boolean {
  const prefix = parsePrefix(text);
  if (prefix === undefined || prefix.address.family !== 6) return false;
  const { bytes } = prefix.address;
  const lowest = bytes.map(
    (byte, index) => byte & (0xff << (8 - Math.min(8, Math.max(0, prefix.length - index * 8)))),
  );
  return (
    prefixContains(prefix, { family: 6, bytes: lowest }) &&
    lowest.every((byte, index) => byte === bytes[index])
  );
}
