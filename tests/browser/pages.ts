/** Every page of an administrator, by its address and the heading that shows that it is there. */
export const administratorPages: readonly (readonly [path: string, heading: string])[] = [
  ['/', 'Overview'],
  ['/clients', 'Current users'],
  ['/history', 'History'],
  ['/users', 'Users'],
  ['/users/alice', 'alice'],
  ['/groups', 'Groups'],
  ['/certificates', 'Certificates'],
  ['/log', 'Log'],
  ['/about', 'About'],
  ['/failover', 'Failover'],
  ['/followers', 'Followers'],
  ['/backup', 'Backup'],
  ['/network', 'Server network'],
  ['/vpn', 'VPN'],
  ['/advanced', 'Advanced'],
  ['/me', 'Your VPN'],
];
