import { administrators, type Policies, readers } from './policy.ts';

/** A group says things of many users at once, so it is ruled like them. */
export const groupPolicy: Policies<'list' | 'show' | 'add' | 'change' | 'remove'> = {
  list: readers('users'),
  show: readers('users'),
  add: administrators('users'),
  change: administrators('users'),
  remove: administrators('users'),
};
