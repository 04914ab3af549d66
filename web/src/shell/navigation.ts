import {
  IconAdjustments,
  IconAffiliate,
  IconArchive,
  IconArrowsExchange,
  IconCertificate,
  IconFileText,
  IconHistory,
  IconInfoCircle,
  IconLayoutDashboard,
  IconNetwork,
  IconPlugConnected,
  IconRoute,
  IconUsers,
  IconUsersGroup,
} from '@tabler/icons-react';
import type { ComponentType } from 'react';

export interface Place {
  readonly path: string;
  readonly name: string;
  readonly icon: ComponentType<{ size?: number; stroke?: number }>;
}

/** Every page an administrator can go to, by what they are looking for. */
export const sections: readonly { readonly name: string; readonly places: readonly Place[] }[] = [
  {
    name: 'Now',
    places: [
      { path: '/', name: 'Overview', icon: IconLayoutDashboard },
      { path: '/clients', name: 'Current users', icon: IconPlugConnected },
      { path: '/history', name: 'History', icon: IconHistory },
      { path: '/log', name: 'Log', icon: IconFileText },
    ],
  },
  {
    name: 'People',
    places: [
      { path: '/users', name: 'Users', icon: IconUsers },
      { path: '/groups', name: 'Groups', icon: IconUsersGroup },
      { path: '/certificates', name: 'Certificates', icon: IconCertificate },
    ],
  },
  {
    name: 'Pair',
    places: [
      { path: '/failover', name: 'Failover', icon: IconArrowsExchange },
      { path: '/followers', name: 'Followers', icon: IconAffiliate },
      { path: '/backup', name: 'Backup', icon: IconArchive },
    ],
  },
  {
    name: 'Server',
    places: [
      { path: '/network', name: 'Server network', icon: IconNetwork },
      { path: '/vpn', name: 'VPN', icon: IconRoute },
      { path: '/advanced', name: 'Advanced', icon: IconAdjustments },
      { path: '/about', name: 'About', icon: IconInfoCircle },
    ],
  },
];
