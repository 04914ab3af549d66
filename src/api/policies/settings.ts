import { administrators, type Policies, readers } from './policy.ts';

/** What the pair's settings are, and changing them, also only to see what a change would interrupt. */
export const settingsPolicy: Policies<'read' | 'change'> = {
  read: readers('settings'),
  change: administrators('settings'),
};
