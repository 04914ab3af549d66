import { useQuery } from '@tanstack/react-query';
import type {
  GroupChangesRequest,
  GroupListView,
  GroupView,
  WriteAnswer,
} from '../../../src/api/contract.ts';
import { request } from '../api/request.ts';

export type { GroupView };

export const groupsKey = ['groups'] as const;
export const everybodysGroup = 'default';

export function useGroups() {
  return useQuery({
    queryKey: groupsKey,
    queryFn: ({ signal }) => request<GroupListView>('/groups', { signal }),
  });
}

const pathOf = (name: string): string => `/groups/${encodeURIComponent(name)}`;

export const addGroup = (name: string): Promise<WriteAnswer> =>
  request('/groups', { method: 'POST', body: { name } });
export const changeGroup = (name: string, changes: GroupChangesRequest): Promise<WriteAnswer> =>
  request(pathOf(name), { method: 'PATCH', body: changes });
export const removeGroup = (name: string): Promise<WriteAnswer> =>
  request(pathOf(name), { method: 'DELETE' });
