import type { TandemError } from '../core/errors.ts';

/** Exit codes by class of error: sysexits.h. */
export const exitCode = {
  usage: 64,
  data: 65,
  unavailable: 69,
  internal: 70,
  cannotCreate: 73,
  temporary: 75,
  noPermission: 77,
  config: 78,
} as const;

const byCodeEnding: readonly (readonly [ending: RegExp, code: number])[] = [
  [/\.(not-root|no-permission)$/, exitCode.noPermission],
  [/\.(standby|unprotected|not-confirmed|not-claimed|busy)$/, exitCode.temporary],
  [/\.(exists|in-use|already-set-up|already-paired)$/, exitCode.cannotCreate],
  [/\.(unreachable|missing-program|unsupported)$/, exitCode.unavailable],
  [/^node\.config\.|^heartbeat\.config\./, exitCode.config],
];

export function exitCodeOf(error: TandemError): number {
  for (const [ending, code] of byCodeEnding) if (ending.test(error.code)) return code;
  switch (error.culprit) {
    case 'caller':
      return exitCode.data;
    case 'peer':
      return exitCode.temporary;
    case 'operator':
      return exitCode.config;
    case 'us':
      return exitCode.internal;
  }
}
