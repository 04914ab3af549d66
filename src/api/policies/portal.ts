import { anyone, everySignedIn, type Policies } from './policy.ts';

/** What everybody does for oneself. A link is its own proof. */
export const portalPolicy: Policies<
  'look' | 'password' | 'profile' | 'oneTimeCode' | 'sessions' | 'followLink'
> = {
  look: everySignedIn,
  password: everySignedIn,
  profile: everySignedIn,
  oneTimeCode: everySignedIn,
  sessions: everySignedIn,
  followLink: anyone,
};
