import { administrators, localOnly, type Policies, readers } from './policy.ts';

/** The two nodes and the role. `accept` is what the other node runs over SSH. */
export const pairPolicy: Policies<
  'show' | 'validate' | 'switchOver' | 'make' | 'change' | 'unmake' | 'accept'
> = {
  show: readers('pair'),
  validate: administrators('pair'),
  switchOver: administrators('pair'),
  unmake: administrators('pair'),
  make: administrators('pair'),
  change: administrators('pair'),
  accept: localOnly,
};
