/** How far the clocks of the two nodes may be apart. */
const clockToleranceMs = 10_000;

/**
 * Until when tokens must be refused after everything that happened before `changedAtMs` was to end. No session renews a
 * token from then on, so OpenVPN itself refuses all of them afterwards (auth_token.c, `verify_auth_token`).
 * @param renewalSeconds what OpenVPN's `auth-gen-token` was told: a token that was not renewed for twice as long is over
 */
export function tokensRefusedUntil(changedAtMs: number, renewalSeconds: number): number {
  return changedAtMs === 0 ? 0 : changedAtMs + 2 * renewalSeconds * 1000 + clockToleranceMs;
}
