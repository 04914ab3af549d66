import { type Policies, readers } from './policy.ts';

/** For Prometheus, which brings a token with `metrics:read`. */
export const metricsPolicy: Policies<'read'> = {
  read: readers('metrics'),
};
