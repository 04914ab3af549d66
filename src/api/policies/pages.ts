import { anyone, type Policies } from './policy.ts';

/** Files that hold no data: the pages themselves and the description of the API. */
export const pagePolicy: Policies<'read'> = {
  read: anyone,
};
