import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { renderConnectionTracking } from '../../../src/access/network/connection-tracking.ts';
import { renderFirewall } from '../../../src/access/network/firewall.ts';

const tracking = {
  interface: 'eth0',
  address: '10.99.0.1',
  peerAddress: '10.99.0.2',
  vpnNetwork: '10.8.0.0/20',
  vpnNetwork6: '',
  lockFile: '/run/tandem/conntrackd.lock',
  controlSocket: '/run/tandem/conntrackd.sock',
};

describe("conntrackd's configuration", () => {
  it('tells the other node alone, of the clients alone, straight into its kernel', () => {
    const text = renderConnectionTracking(tracking);
    assert.match(text, /IPv4_address 10\.99\.0\.1\n\s+IPv4_Destination_Address 10\.99\.0\.2\n/);
    assert.match(text, /Address Accept \{\n\s+IPv4_address 10\.8\.0\.0\/20\n/);
    assert.match(text, /Mode FTFW \{\n\s+DisableExternalCache yes/);
  });

  it('tells of IPv6 connections too, where clients have IPv6', () => {
    assert.doesNotMatch(renderConnectionTracking(tracking), /IPv6_address/);
    const text = renderConnectionTracking({ ...tracking, vpnNetwork6: 'fd00:8::/64' });
    assert.match(text, /IPv4_address 10\.8\.0\.0\/20\n\s+IPv6_address fd00:8::\/64\n/);
  });

  it('holds nothing that could be read as a line of its own', () => {
    for (const wrong of [{ interface: 'eth0\n}' }, { address: '10.99.0.1 }' }, { lockFile: '/a b' }]) {
      assert.throws(() => renderConnectionTracking({ ...tracking, ...wrong }), {
        code: 'access.openvpn.bad-value',
      });
    }
  });
});

describe('the firewall', () => {
  const spec = {
    vpnNetwork: '10.8.0.0/20',
    sourceAddress: '10.99.0.100',
    vpnDevices: ['tandem0'],
    vpnNetwork6: '',
    access: 'nat' as const,
    routes: [],
    clientToClient: false,
    policies: [],
    lanInterface: 'eth0',
  };

  it('hears of connections from the other node alone, and from nobody where there is none', () => {
    assert.match(
      renderFirewall({ ...spec, peerAddress: '10.99.0.2' }),
      /udp dport 3780 ip saddr != 10\.99\.0\.2 drop/,
    );
    assert.match(renderFirewall(spec), /udp dport 3780 drop/);
  });

  it('lets the kernel reset what comes to the ports of this node', () => {
    assert.match(
      renderFirewall({ ...spec, ownTcpPorts: [1194, 443] }),
      /daddr 10\.99\.0\.100 tcp dport != \{ 1194, 443 \} tcp flags & \(syn \| rst\) == 0 /,
    );
  });
});
