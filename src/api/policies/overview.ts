import { administrators, type Policies, readers } from './policy.ts';

/** What is only looked at. */
export const overviewPolicy: Policies<
  'overview' | 'history' | 'events' | 'certificates' | 'renewServers' | 'log' | 'about'
> = {
  overview: readers('status'),
  history: readers('status'),
  events: readers('status'),
  certificates: readers('certificates'),
  renewServers: administrators('settings'),
  log: readers('log'),
  about: readers('status'),
};
