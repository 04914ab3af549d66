import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect } from 'react';
import { Route, Routes, useLocation } from 'react-router';
import { whenSignedOut } from './api/query-client.ts';
import { Empty, Page } from './look/page.tsx';
import { OverviewPage } from './overview/overview-page.tsx';
import { PortalShell } from './portal/portal-shell.tsx';
import { type Session, sessionEnded, useSession } from './session/session.ts';
import { SignInPage } from './session/sign-in-page.tsx';
import { Shell } from './shell/shell.tsx';

const AdvancedPage = lazy(() => import('./settings/advanced-page.tsx'));
const AboutPage = lazy(() => import('./about/about-page.tsx'));
const ArrivePage = lazy(() => import('./session/arrive-page.tsx'));
const BackupPage = lazy(() => import('./backup/backup-page.tsx'));
const CertificatesPage = lazy(() => import('./certificates/certificates-page.tsx'));
const ClientsPage = lazy(() => import('./clients/clients-page.tsx'));
const FailoverPage = lazy(() => import('./failover/failover-page.tsx'));
const FollowersPage = lazy(() => import('./followers/followers-page.tsx'));
const GroupsPage = lazy(() => import('./groups/groups-page.tsx'));
const HistoryPage = lazy(() => import('./history/history-page.tsx'));
const LogPage = lazy(() => import('./log/log-page.tsx'));
const NetworkPage = lazy(() => import('./settings/network-page.tsx'));
const PortalPage = lazy(() => import('./portal/portal-page.tsx'));
const UserPage = lazy(() => import('./users/user-page.tsx'));
const UsersPage = lazy(() => import('./users/users-page.tsx'));
const VpnPage = lazy(() => import('./settings/vpn-page.tsx'));

/** Which page stands at which address, for whom. */
export function App() {
  const session = useSession();
  const client = useQueryClient();
  useEffect(() => whenSignedOut(() => sessionEnded(client)), [client]);
  const { pathname } = useLocation();
  if (session === undefined) return null;
  if (pathname === '/arrive') {
    return (
      <Suspense fallback={null}>
        <ArrivePage />
      </Suspense>
    );
  }
  if (session === null) return <SignInPage />;
  return session.role === 'user' ? <OwnPages session={session} /> : <AdministratorPages session={session} />;
}

function OwnPages({ session }: { session: Session }) {
  return (
    <PortalShell session={session}>
      <Suspense fallback={null}>
        <PortalPage />
      </Suspense>
    </PortalShell>
  );
}

function AdministratorPages({ session }: { session: Session }) {
  return (
    <Shell session={session}>
      <Routes>
        <Route path="/" element={<OverviewPage />} />
        <Route path="/clients" element={<ClientsPage />} />
        <Route path="/history" element={<HistoryPage />} />
        <Route path="/users" element={<UsersPage />} />
        <Route path="/users/:name" element={<UserPage />} />
        <Route path="/groups" element={<GroupsPage />} />
        <Route path="/failover" element={<FailoverPage />} />
        <Route path="/followers" element={<FollowersPage />} />
        <Route path="/backup" element={<BackupPage />} />
        <Route path="/network" element={<NetworkPage />} />
        <Route path="/vpn" element={<VpnPage />} />
        <Route path="/advanced" element={<AdvancedPage />} />
        <Route path="/certificates" element={<CertificatesPage />} />
        <Route path="/log" element={<LogPage />} />
        <Route path="/about" element={<AboutPage />} />
        <Route path="/me" element={<PortalPage />} />
        <Route path="*" element={<NoPage />} />
      </Routes>
    </Shell>
  );
}

function NoPage() {
  return (
    <Page title="There is no such page">
      <Empty title="Nothing is at this address">The navigation has every page.</Empty>
    </Page>
  );
}
