import { administratorsInPerson, anyone, everySignedIn, type Policies } from './policy.ts';

/** Being signed in. Signing in is for anyone who can prove who they are. */
export const webSessionPolicy: Policies<
  'signIn' | 'look' | 'signOut' | 'ticket' | 'redeem' | 'listOwn' | 'endOwn' | 'listAll' | 'endAny'
> = {
  signIn: anyone,
  look: anyone,
  signOut: anyone,
  ticket: everySignedIn,
  redeem: anyone,
  listOwn: everySignedIn,
  endOwn: everySignedIn,
  listAll: administratorsInPerson,
  endAny: administratorsInPerson,
};
