import type { Properties } from '../core/accounts/properties.ts';
import type { PropertiesView } from './contract.ts';

/** As they leave: times in words. */
export function presentProperties(properties: Properties): PropertiesView {
  const { expiresAt, ...rest } = properties;
  if (expiresAt === undefined) return rest;
  return { ...rest, expiresAt: expiresAt === null ? null : isoTime(expiresAt) };
}

/** As they come in, with the time as a number. */
export function readPropertyChanges<Changes extends { readonly expiresAt?: string | null | undefined }>(
  changes: Changes,
): Omit<Changes, 'expiresAt'> & { readonly expiresAt: number | null | undefined } {
  const { expiresAt, ...rest } = changes;
  return { ...rest, expiresAt: typeof expiresAt === 'string' ? Date.parse(expiresAt) : expiresAt };
}

export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
