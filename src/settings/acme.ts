import { z } from 'zod';

/** The setting `acme`: from whom the pages' certificate is ordered, and for which names. */
export type AcmeSettings = {
  readonly domains: readonly string[];
  readonly email: string;
  /** Where the authority describes itself (RFC 8555 §7.1.1). */
  readonly directory: string;
  /** Whom to trust there, in PEM, for an authority within a company; what the system trusts when it is left out. */
  readonly directoryCa?: string;
};

/** The name under which the store keeps it. */
export const acmeSettingName = 'acme';

export const letsEncrypt = 'https://acme-v02.api.letsencrypt.org/directory';

const domain = z
  .string()
  .max(253)
  .regex(
    /^(?=.*[a-z])([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    'not a host name, such as vpn.example.com; a name with * is not given to a server that answers on port 80',
  );

export const acmeSettingsSchema: z.ZodType<AcmeSettings> = z.strictObject({
  domains: z.array(domain).min(1).max(10),
  email: z.email(),
  directory: z.url({ protocol: /^https$/, error: 'not an https address' }).max(500),
  directoryCa: z
    .string()
    .max(32_768)
    .regex(/-----BEGIN CERTIFICATE-----/, 'no certificate in PEM')
    .exactOptional(),
});

/** Undefined where certificates are not ordered. */
export function readAcmeSettings(source: {
  readonly settings: { get(name: string): unknown };
}): AcmeSettings | undefined {
  const value = source.settings.get(acmeSettingName);
  return value === undefined ? undefined : acmeSettingsSchema.parse(value);
}
