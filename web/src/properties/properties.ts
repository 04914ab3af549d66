import type { GroupChangesRequest, PropertiesView } from '../../../src/api/contract.ts';

export type { PropertiesView };

/** What is said of a user or group, as the form holds it: null stands for nothing, so that the next one's word counts. */
export interface Said {
  readonly autoLogin: boolean | null;
  readonly oneTimeCode: boolean | null;
  readonly expires: 'inherit' | 'never' | 'at';
  /** `2026-12-31`, of this browser's time zone; its whole day still counts. */
  readonly expiresOn: string;
  readonly routes: readonly string[] | null;
  readonly access: readonly string[] | 'everything' | null;
}

export function saidOf(properties: PropertiesView): Said {
  const { expiresAt, access } = properties;
  return {
    autoLogin: properties.autoLogin ?? null,
    oneTimeCode: properties.oneTimeCode ?? null,
    expires: expiresAt === undefined ? 'inherit' : expiresAt === null ? 'never' : 'at',
    expiresOn: typeof expiresAt === 'string' ? localDay(new Date(expiresAt)) : '',
    routes: properties.routes ?? null,
    access: access === undefined ? null : (access ?? 'everything'),
  };
}

/** What to send so that the node says the same as the form; only what differs from before. */
export function changesBetween(before: Said, after: Said): GroupChangesRequest {
  const inherit: NonNullable<GroupChangesRequest['inherit']>[number][] = [];
  const differs = (name: keyof Said): boolean => JSON.stringify(before[name]) !== JSON.stringify(after[name]);
  const { autoLogin, oneTimeCode, expires, expiresOn, routes, access } = after;
  if (differs('autoLogin') && autoLogin === null) inherit.push('autoLogin');
  if (differs('oneTimeCode') && oneTimeCode === null) inherit.push('oneTimeCode');
  if (differs('expires') && expires === 'inherit') inherit.push('expiresAt');
  if (differs('routes') && routes === null) inherit.push('routes');
  if (differs('access') && access === null) inherit.push('access');
  const day = expires === 'at' && (differs('expires') || differs('expiresOn'));
  return {
    ...(differs('autoLogin') && autoLogin !== null ? { autoLogin } : {}),
    ...(differs('oneTimeCode') && oneTimeCode !== null ? { oneTimeCode } : {}),
    ...(differs('expires') && expires === 'never' ? { expiresAt: null } : {}),
    ...(day && expiresOn !== '' ? { expiresAt: endOfDay(expiresOn).toISOString() } : {}),
    ...(differs('routes') && routes !== null ? { routes } : {}),
    ...(differs('access') && access !== null ? { access: access === 'everything' ? null : access } : {}),
    ...(inherit.length === 0 ? {} : { inherit }),
  };
}

function localDay(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function endOfDay(day: string): Date {
  return new Date(`${day}T23:59:59`);
}
