import type { ReactNode } from 'react';
import type { Session } from '../session/session.ts';
import { AccountMenu } from '../shell/account-menu.tsx';
import { SilenceNotice } from '../shell/silence-notice.tsx';
import styles from './portal.module.css';

/** The frame for people who use the VPN: nothing of the pair's inside, only what is theirs. */
export function PortalShell({ session, children }: { session: Session; children: ReactNode }) {
  return (
    <div className={styles['shell']}>
      <header className={styles['header']}>
        <span className={styles['brand']}>Tandem</span>
        <AccountMenu session={session} />
      </header>
      <main className={styles['main']}>
        <SilenceNotice />
        {children}
      </main>
    </div>
  );
}
