import { administrators, type Policies, readers } from './policy.ts';

/** The copy and the quarantine. The export holds whole changes, password hashes too. */
export const replicaPolicy: Policies<
  'readJournal' | 'read' | 'verify' | 'reseed' | 'rotateKey' | 'decide' | 'export' | 'import'
> = {
  readJournal: readers('journal'),
  read: readers('replica'),
  verify: administrators('replica'),
  reseed: administrators('replica'),
  rotateKey: administrators('replica'),
  decide: administrators('replica'),
  export: administrators('replica'),
  import: administrators('replica'),
};
