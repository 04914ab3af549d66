/** Seconds, as OpenVPN's `auth-gen-token` takes them: a token ends after `lifetime`, or when it was not renewed for twice `renewal`. */
export const tokenTimes: { readonly lifetime: number; readonly renewal: number } = {
  // A working day's session survives without a password.
  lifetime: 43_200,
  renewal: 3_600,
};

/** How far the clocks of the two nodes may be apart. */
const clockToleranceMs = 10_000;

/**
 * Until when tokens must be refused after everything that happened before `changedAtMs` was to end. No session renews a
 * token from then on, so OpenVPN itself refuses all of them afterwards (auth_token.c, `verify_auth_token`).
 */
export function tokensRefusedUntil(changedAtMs: number): number {
  return changedAtMs === 0 ? 0 : changedAtMs + 2 * tokenTimes.renewal * 1000 + clockToleranceMs;
}
