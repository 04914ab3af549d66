import { administrators, type Policies } from './policy.ts';

/** A backup holds every secret of the server. */
export const backupPolicy: Policies<'create' | 'restore'> = {
  create: administrators('backup'),
  restore: administrators('backup'),
};
