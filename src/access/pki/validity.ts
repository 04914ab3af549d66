import { TandemError } from '../../core/errors.ts';

const DAY_MS = 86_400_000;

/** Certificates and lists start an hour early: a peer or client whose clock is a little behind accepts them at once. */
const BACKDATE_MS = 3_600_000;

/** 9999-12-31, the last day that RFC 5280 §4.1.2.5 can write. */
const LAST_MOMENT_MS = 253_402_300_799_000;

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export function backdated(now: Date): Date {
  return new Date(now.getTime() - BACKDATE_MS);
}

/** From an hour before `now` until `validDays` days after it. */
export function validity(now: Date, validDays: number): Validity {
  const notAfterMs = now.getTime() + validDays * DAY_MS;
  if (!(validDays > 0) || !(notAfterMs <= LAST_MOMENT_MS)) {
    throw new TandemError({
      code: 'access.pki.bad-validity',
      culprit: 'caller',
      message: `Cannot issue a certificate for ${validDays} days`,
      hint: 'Choose a number of days greater than 0, for example 3650',
    });
  }
  return { notBefore: backdated(now), notAfter: new Date(notAfterMs) };
}
