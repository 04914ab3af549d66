import { administrators, type Policies, readers } from './policy.ts';

/** Clients that are connected. */
export const sessionPolicy: Policies<'list' | 'disconnect'> = {
  list: readers('sessions'),
  disconnect: administrators('sessions'),
};
