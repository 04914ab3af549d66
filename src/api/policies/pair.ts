import { administrators, localOnly, type Policies } from './policy.ts';

/** The two nodes and the role. `accept` is what the other node runs over SSH. */
export const pairPolicy: Policies<'switchOver' | 'make' | 'accept'> = {
  switchOver: administrators('pair'),
  make: administrators('pair'),
  accept: localOnly,
};
