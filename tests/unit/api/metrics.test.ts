import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Metrics } from '../../../src/api/metrics.ts';
import type { Observed } from '../../../src/pair/status.ts';

const observed: Observed = {
  at: new Date(),
  node: { name: 'node-a', address: '10.0.0.1', start: 'primary' },
  protection: 'prefer',
  role: 'active',
  since: new Date(1_700_000_000_000),
  position: { epoch: 3, sequence: 17 },
  trouble: undefined,
  peer: { name: 'node-b', address: '10.0.0.2' },
  copy: {
    connected: true,
    position: { epoch: 3, sequence: 15 },
    lagEntries: 2,
    lagMs: 1_500,
    copying: undefined,
    unsentBytes: 310,
    protected: false,
    protectedSince: undefined,
    product: '0.1.0',
    sentence: 'node-b is catching up.',
  },
  virtualAddress: '10.0.0.100',
  heartbeat: {
    state: 'active',
    since: '',
    sentence: '',
    peers: [{ address: '10.0.0.2', lastHeardMs: 250 }],
    warnings: [],
    virtualAddresses: [{ address: '10.0.0.100/24', held: true }],
    ...{ counters: { sent: 7, received: 5, becameActive: 1, dropped: { checksum: 2 } } },
  },
  openvpn: [{ name: 'udp', protocol: 'udp', port: 1194, clients: 3, pid: 42, version: '2.6.14' }],
  verification: { atMs: 1_700_000_005_000, result: 'compared', position: '3.15', sentence: 'equal' },
  damaged: undefined,
  incident: undefined,
  followers: [
    {
      follower: { id: 'f', name: 'elsewhere', publicKey: '', scope: 'accounts', addedAt: '' },
      fingerprint: '',
      state: 'follows',
      connected: true,
      position: { epoch: 3, sequence: 16 },
      lagEntries: 1,
      lagMs: 700,
      unsentBytes: 40,
      product: '0.1.0',
      lastHeardAt: 1_700_000_004_000,
      verifiedAt: undefined,
      sentence: '',
    },
  ],
  following: undefined,
  undecided: 0,
  seeded: true,
};

test('what was observed is there under its name, and what is not known is left out', async () => {
  const text = await new Metrics().text(observed, '0.1.0');
  for (const line of [
    'tandem_info{node="node-a",version="0.1.0"} 1',
    'tandem_active 1',
    'tandem_protected 0',
    'tandem_journal_sequence 17',
    'tandem_peer_lag_entries{peer="node-b"} 2',
    'tandem_peer_lag_seconds{peer="node-b"} 1.5',
    'tandem_peer_unsent_bytes{peer="node-b"} 310',
    'tandem_follower_connected{follower="elsewhere"} 1',
    'tandem_follower_lag_entries{follower="elsewhere"} 1',
    'tandem_follower_lag_seconds{follower="elsewhere"} 0.7',
    'tandem_verification_good 1',
    'tandem_heartbeat_state{state="active"} 1',
    'tandem_heartbeat_state{state="fault"} 0',
    'tandem_heartbeat_sent_total 7',
    'tandem_heartbeat_dropped_total{reason="checksum"} 2',
    'tandem_openvpn_clients{protocol="udp",port="1194"} 3',
  ]) {
    assert.ok(text.includes(`${line}\n`), line);
  }
  assert.ok(!text.includes('tandem_protected_since_seconds'), 'not protected: since never');
  assert.match(text, /tandem_server_process_resident_memory_bytes \d+/);
});

test('a standby says nothing of what it cannot know', async () => {
  const text = await new Metrics().text({ ...observed, role: 'standby', heartbeat: undefined }, '0.1.0');
  assert.ok(!text.includes('tandem_protected'));
  assert.ok(!text.includes('tandem_peer_lag'));
  assert.ok(text.includes('tandem_heartbeat_up 0\n'));
});

test('every name is documented', async () => {
  const documented = readFileSync(new URL('../../../docs/operating/metrics.md', import.meta.url), 'utf8');
  const text = await new Metrics().text(
    { ...observed, copy: { ...observed.copy!, protectedSince: 1_700_000_000_000 } },
    '0.1.0',
  );
  const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map((match) => match[1] ?? '');
  assert.ok(names.length > 20);
  for (const name of names) {
    if (name.startsWith('tandem_server_')) continue;
    assert.ok(documented.includes(`\`${name}`), `${name} is not in docs/operating/metrics.md`);
  }
});
