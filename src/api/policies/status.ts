import { type Policies, readers } from './policy.ts';

export const statusPolicy: Policies<'read'> = {
  read: readers('status'),
};
