import { administrators, localOnly, type Policies, readers } from './policy.ts';

/** Servers elsewhere that get a part of the data. Whom a follower follows is said on the machine itself. */
export const followerPolicy: Policies<'read' | 'change' | 'join'> = {
  read: readers('followers'),
  change: administrators('followers'),
  join: localOnly,
};
