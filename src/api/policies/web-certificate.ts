import { administrators, type Policies, readers } from './policy.ts';

/** How the pages prove themselves. The private key goes in and never comes out. */
export const webCertificatePolicy: Policies<'show' | 'change'> = {
  show: readers('settings'),
  change: administrators('settings'),
};
