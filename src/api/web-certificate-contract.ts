import { z } from 'zod';
import { type AcmeSettings, acmeSettingsSchema, letsEncrypt } from '../settings/acme.ts';

/** What the pages are served with. Times are ISO 8601. */
export interface WebCertificateView {
  /** Made by the node itself, brought by an administrator, or ordered from an authority. */
  readonly source: 'own' | 'brought' | 'acme';
  readonly subject: string;
  readonly issuer: string;
  readonly names: readonly string[];
  /** Under these the pages answer too, and browsers warn there. */
  readonly notNamed: readonly string[];
  readonly notBefore: string;
  readonly notAfter: string;
  readonly keyType: string;
  /** SHA-256, as browsers show it. */
  readonly fingerprint: string;
  /** The subjects of the certificates that go along with it. */
  readonly chain: readonly string[];
  /** What an administrator should know, a sentence each. */
  readonly warnings: readonly string[];
  /** From whom it is ordered; null where it is not. */
  readonly acme: AcmeSettings | null;
}
const webCertificateView = {
  source: z.enum(['own', 'brought', 'acme']),
  subject: z.string(),
  issuer: z.string(),
  names: z.array(z.string()),
  notNamed: z.array(z.string()),
  notBefore: z.string(),
  notAfter: z.string(),
  keyType: z.string(),
  fingerprint: z.string(),
  chain: z.array(z.string()),
  warnings: z.array(z.string()),
  acme: acmeSettingsSchema.nullable(),
};
export const webCertificateSchema: z.ZodType<WebCertificateView> = z.object(webCertificateView);

/** PEM texts. `certificate` may hold the whole chain, in any order; `dryRun` checks and changes nothing. */
export interface WebCertificateRequest {
  readonly certificate: string;
  readonly privateKey: string;
  readonly dryRun: boolean;
}
const pem = z.string().min(1).max(65_536);
export const webCertificateRequestSchema: z.ZodType<WebCertificateRequest> = z.strictObject({
  certificate: pem,
  privateKey: pem,
  dryRun: z.boolean().default(false),
});

/** Let's Encrypt where no directory is named. */
export interface AcmeRequest {
  readonly domains: readonly string[];
  readonly email: string;
  readonly directory?: string;
  readonly directoryCa?: string;
}
export const acmeRequestSchema: z.ZodType<AcmeSettings> = z.preprocess(
  (value) => (typeof value === 'object' && value !== null ? { directory: letsEncrypt, ...value } : value),
  acmeSettingsSchema,
);

export interface WebCertificateAnswer extends WebCertificateView {
  readonly protected: boolean;
}
export const webCertificateAnswerSchema: z.ZodType<WebCertificateAnswer> = z.object({
  ...webCertificateView,
  protected: z.boolean(),
});
