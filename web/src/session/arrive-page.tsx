import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useNavigate } from 'react-router';
import type { SessionView } from '../../../src/api/web-session-contract.ts';
import { request } from '../api/request.ts';
import { Notice } from '../look/notice.tsx';
import { useTakeSession } from './session.ts';
import styles from './sign-in-page.module.css';

/** Where a browser arrives that was sent here from another address of the pair, with a ticket for its session. */
export default function ArrivePage() {
  const navigate = useNavigate();
  const takeSession = useTakeSession();
  const begun = useRef(false);
  const { mutate } = useMutation({
    mutationFn: (ticket: string) =>
      request<SessionView>('/session/redeem', { method: 'POST', body: { ticket } }),
    onSuccess: takeSession,
    // A ticket that is no good any more: the sign-in page asks.
    onSettled: () => void navigate('/', { replace: true }),
  });
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    mutate(location.hash.slice(1));
  }, [mutate]);
  return (
    <main className={styles['page']}>
      <Notice state="neutral" title="Taking you along to this address…" />
    </main>
  );
}
