import { type State, StateLabel } from '../look/state-mark.tsx';
import type { UserView } from './users.ts';

/** Whether the user gets in now, and if not why. */
export function UserState({ user }: { user: UserView }) {
  const { state, text } = standing(user);
  return <StateLabel state={state}>{text}</StateLabel>;
}

function standing(user: UserView): { state: State; text: string } {
  if (user.blocked) return { state: 'bad', text: 'blocked' };
  if (user.expiresAt !== null && Date.parse(user.expiresAt) <= Date.now())
    return { state: 'bad', text: 'expired' };
  if (user.lockedUntil !== null) return { state: 'warning', text: 'locked out' };
  return { state: 'neutral', text: 'may log in' };
}
