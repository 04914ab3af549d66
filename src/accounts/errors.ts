import { TandemError } from '../core/errors.ts';

export function unknownUser(name: string): TandemError {
  return new TandemError({
    code: 'store.user.unknown',
    culprit: 'caller',
    message: `There is no user ${name}.`,
    hint: 'See: tandem user list',
  });
}

export function badProfileName(name: string): TandemError {
  return new TandemError({
    code: 'accounts.profile.name',
    culprit: 'caller',
    message: `${JSON.stringify(name)} cannot be the name of a profile.`,
    hint: 'Use letters, digits, dot, hyphen and underscore; with the user name at most 63 characters',
  });
}

export function unknownGroup(name: string): TandemError {
  return new TandemError({
    code: 'store.group.unknown',
    culprit: 'caller',
    message: `There is no group ${name}.`,
    hint: 'See: tandem group list',
  });
}
