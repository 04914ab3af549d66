import { administratorsInPerson, type Policies } from './policy.ts';

/** API tokens are made and taken back by administrators in person: a token cannot make another. */
export const tokenPolicy: Policies<'list' | 'create' | 'revoke'> = {
  list: administratorsInPerson,
  create: administratorsInPerson,
  revoke: administratorsInPerson,
};
