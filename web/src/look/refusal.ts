import { createContext, useContext } from 'react';
import { ApiError } from '../api/request.ts';

/** The failure of the form around. */
export const RefusedForm: React.Context<unknown> = createContext<unknown>(undefined);

/** What the node said against this field of the form around, to stand beside it. */
export function useRefusal(field: string): string | undefined {
  const error = useContext(RefusedForm);
  return error instanceof ApiError && error.field === field
    ? `${sentence(error.message)} ${sentence(error.hint)}`
    : undefined;
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${/[.!?]$/.test(words) ? '' : '.'}`;
}
