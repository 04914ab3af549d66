import type { Role } from '../principal.ts';

/** Who may use one route. */
export interface Policy {
  /** `anyone` needs no sign-in; `local` is for the node's own socket alone, which only root and the group `tandem` can open. */
  readonly roles: readonly Role[] | 'anyone' | 'local';
  /** What a token must have been given (`users:read`); undefined where no token is taken. */
  readonly scope: string | undefined;
}

/** Of one noun: who may do what with it. */
export type Policies<Name extends string> = Readonly<Record<Name, Policy>>;

/** Sees and changes nothing: administrators and those who may only look. */
export function readers(noun: string): Policy {
  return { roles: ['administrator', 'read-only'], scope: `${noun}:read` };
}

export function administrators(noun: string): Policy {
  return { roles: ['administrator'], scope: `${noun}:write` };
}

/** Of people alone: a token must not make more of itself. */
export const administratorsInPerson: Policy = { roles: ['administrator'], scope: undefined };

/** About oneself. */
export const everySignedIn: Policy = { roles: ['administrator', 'read-only', 'user'], scope: undefined };

export const anyone: Policy = { roles: 'anyone', scope: undefined };

export const localOnly: Policy = { roles: 'local', scope: undefined };

/** What a token can be given: each noun to read or to write, every `…:read` at once, or everything. */
export const tokenScopes = [
  'all',
  'read',
  'status:read',
  'users:read',
  'users:write',
  'certificates:read',
  'pair:read',
  'pair:write',
  'settings:read',
  'settings:write',
  'sessions:read',
  'sessions:write',
  'journal:read',
  'replica:read',
  'replica:write',
  'log:read',
  'metrics:read',
  'followers:read',
  'followers:write',
  'backup:write',
] as const;

export function scopeCovers(granted: readonly string[], needed: string): boolean {
  return granted.some(
    (one) => one === 'all' || one === needed || (one === 'read' && needed.endsWith(':read')),
  );
}
