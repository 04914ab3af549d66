import { administrators, type Policies, readers } from './policy.ts';

/** Accounts. What holds a secret (a profile, the key of one-time codes) is for administrators, also to look at. */
export const userPolicy: Policies<
  | 'list'
  | 'show'
  | 'add'
  | 'change'
  | 'block'
  | 'setPassword'
  | 'oneTimeCode'
  | 'getProfile'
  | 'revokeProfile'
  | 'bulk'
  | 'remove'
> = {
  list: readers('users'),
  show: readers('users'),
  add: administrators('users'),
  change: administrators('users'),
  block: administrators('users'),
  setPassword: administrators('users'),
  oneTimeCode: administrators('users'),
  getProfile: administrators('users'),
  revokeProfile: administrators('users'),
  bulk: administrators('users'),
  remove: administrators('users'),
};
