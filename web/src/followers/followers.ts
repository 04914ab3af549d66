import { useQuery } from '@tanstack/react-query';
import type { WriteAnswer } from '../../../src/api/contract.ts';
import type {
  FollowerAnswer,
  FollowerListView,
  FollowerRequest,
  FollowerVerdict,
  FollowerView,
} from '../../../src/api/follower-contract.ts';
import { request } from '../api/request.ts';

export type { FollowerAnswer, FollowerRequest, FollowerVerdict, FollowerView };

export const followersKey = ['followers'] as const;

export function useFollowers() {
  return useQuery({
    queryKey: followersKey,
    queryFn: ({ signal }) => request<FollowerListView>('/followers', { signal }),
    refetchInterval: 2_000,
  });
}

const pathOf = (name: string): string => `/followers/${encodeURIComponent(name)}`;

export const addFollower = (wish: FollowerRequest): Promise<FollowerAnswer> =>
  request('/followers', { method: 'POST', body: wish });
export const removeFollower = (name: string): Promise<WriteAnswer> =>
  request(pathOf(name), { method: 'DELETE' });
export const verifyFollower = (name: string): Promise<FollowerVerdict> =>
  request(`${pathOf(name)}/verify`, { method: 'POST', timeoutMs: 120_000 });
