/** Where a node keeps its things. One place, so that the supervisor, the server and the command agree. */
export const paths = {
  nodeConfig: '/etc/tandem/node.json',
  heartbeatState: '/etc/tandem/heartbeat-state.json',
  stateDirectory: '/var/lib/tandem',
  store: '/var/lib/tandem/store/tandem.db',
  quarantine: '/var/lib/tandem/quarantine',
  verification: '/var/lib/tandem/store/verification.json',
  generations: '/var/lib/tandem/generations',
  badCopies: '/var/lib/tandem/bad-copies',
  sshDirectory: '/var/lib/tandem/.ssh',
  pairing: '/var/lib/tandem/pairing.json',
  newestCopy: '/var/lib/tandem/newest-copy',
  pairChange: '/var/lib/tandem/pair-change.json',
  heartbeatKeys: '/var/lib/tandem/heartbeat-keys.json',
  following: '/var/lib/tandem/following.json',
  replacedCopies: '/var/lib/tandem/replaced',
  clientConfigDirectory: '/var/lib/tandem/openvpn/ccd',
  revokedSerials: '/var/lib/tandem/openvpn/revoked',
  revocationList: '/var/lib/tandem/openvpn/crl.pem',
  sshHostKey: '/etc/ssh/ssh_host_ed25519_key.pub',
  runDirectory: '/run/tandem',
  kernelLedger: '/run/tandem/kernel-ledger.json',
  heartbeatConfig: '/run/tandem/heartbeat.json',
  heartbeatSocket: '/run/tandem/heartbeat.sock',
  openvpnRunDirectory: '/run/tandem/openvpn',
  connectionTrackingConfig: '/run/tandem/conntrackd.conf',
  connectionTrackingLock: '/run/tandem/conntrackd.lock',
  connectionTrackingSocket: '/run/tandem/conntrackd.sock',
  serverRunDirectory: '/run/tandem/server',
  apiSocket: '/run/tandem/server/api.sock',
  followerSocket: '/run/tandem/server/followers.sock',
  replicationSocket: '/run/tandem/server/replication.sock',
  unitFile: '/etc/systemd/system/tandem.service',
} as const;

/** Where the OpenVPN process of that name takes management commands. */
export function managementSocket(name: string): string {
  return `${paths.openvpnRunDirectory}/${name}/management.sock`;
}
