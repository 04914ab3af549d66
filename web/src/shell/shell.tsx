import { ActionIcon, Drawer } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconMenu2 } from '@tabler/icons-react';
import { type ReactNode, Suspense, useEffect, useRef } from 'react';
import { NavLink, useLocation } from 'react-router';
import type { Session } from '../session/session.ts';
import { useLiveEvents } from '../status/live.ts';
import { AccountMenu } from './account-menu.tsx';
import { sections } from './navigation.ts';
import styles from './shell.module.css';
import { StandbyNotice } from './standby-notice.tsx';
import { StatusStrip } from './status-strip.tsx';

/** The frame around every administrator's page: where one is, how the pair is, who is signed in. */
export function Shell({ session, children }: { session: Session; children: ReactNode }) {
  const [open, { open: show, close }] = useDisclosure(false);
  const main = useMainFocus();
  useLiveEvents();
  return (
    <div className={styles['shell']}>
      <a className={styles['skip']} href="#main">
        Skip to the page
      </a>
      <header className={styles['header']}>
        <ActionIcon
          className={styles['burger']}
          variant="subtle"
          size="lg"
          onClick={show}
          aria-label="Show the navigation"
        >
          <IconMenu2 size={20} />
        </ActionIcon>
        <span className={styles['brand']}>Tandem</span>
        <StatusStrip />
        <AccountMenu session={session} />
      </header>
      <div className={styles['sidebar']}>
        <Navigation />
      </div>
      <Drawer
        opened={open}
        onClose={close}
        title="Tandem"
        size={280}
        closeButtonProps={{ 'aria-label': 'Hide the navigation' }}
      >
        <Navigation onGo={close} />
      </Drawer>
      <main className={styles['main']} id="main" tabIndex={-1} ref={main}>
        <StandbyNotice />
        <Suspense fallback={null}>{children}</Suspense>
      </main>
    </div>
  );
}

/** After a change of page the keyboard continues in the page, not in the navigation. */
function useMainFocus() {
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    main.current?.focus({ preventScroll: true });
    window.scrollTo({ top: 0 });
  }, [pathname]);
  return main;
}

function Navigation({ onGo }: { onGo?: () => void }) {
  return (
    <nav aria-label="Pages" className={styles['nav']}>
      {sections.map((section) => (
        <div key={section.name} className={styles['section']}>
          <p className={styles['sectionName']} id={`section-${section.name}`}>
            {section.name}
          </p>
          <ul aria-labelledby={`section-${section.name}`}>
            {section.places.map(({ path, name, icon: Icon }) => (
              <li key={path}>
                <NavLink to={path} end={path === '/'} className={styles['place'] ?? ''} onClick={onGo}>
                  <Icon size={18} stroke={1.6} />
                  {name}
                </NavLink>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}
