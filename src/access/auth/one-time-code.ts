import { Secret, TOTP } from 'otpauth';

/** RFC 6238 with what every authenticator app takes: SHA-1, six digits, 30 seconds. */
const stepSeconds = 30;
const digits = 6;
/** RFC 4226 §4 R6 asks for 160 bits. */
const keyBytes = 20;
/** RFC 6238 §5.2: one step on either side, for the time it takes to type and for clocks. */
const windowSteps = 1;

/** A fresh key, in base32. Secret. */
export function createOneTimeKey(): string {
  return new Secret({ size: keyBytes }).base32;
}

/** What an authenticator app reads from the QR code (`otpauth://…`). Holds the key. */
export function oneTimeKeyUri(userName: string, key: string): string {
  return totp(key, userName).toString();
}

/**
 * The step whose code this is, or undefined when it is none that counts now. Steps grow; whoever remembers the last one
 * used refuses a code that comes a second time (RFC 6238 §5.2).
 */
export function matchOneTimeCode(key: string, code: string, now: number): number | undefined {
  const typed = code.replaceAll(' ', '');
  if (!/^[0-9]{6}$/.test(typed)) return undefined;
  const delta = totp(key, '').validate({ token: typed, timestamp: now, window: windowSteps });
  return delta === null ? undefined : Math.floor(now / 1000 / stepSeconds) + delta;
}

function totp(key: string, label: string): TOTP {
  return new TOTP({
    issuer: 'Tandem',
    label: label === '' ? 'user' : label,
    algorithm: 'SHA1',
    digits,
    period: stepSeconds,
    secret: Secret.fromBase32(key),
  });
}
