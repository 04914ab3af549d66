import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { renderFirewall } from '../../../src/access/network/firewall.ts';
import { clientConfigFileName, renderClientConfigFile } from '../../../src/access/openvpn/client-config.ts';
import { checkedDirectives } from '../../../src/access/openvpn/directives.ts';
import { type OpenvpnServerSpec, renderServerConfig } from '../../../src/access/openvpn/server-config.ts';
import { inline, option, pushed } from '../../../src/access/openvpn/syntax.ts';
import { type ProfileSpec, renderProfile } from '../../../src/access/profiles/profile.ts';

const server: OpenvpnServerSpec = {
  protocol: 'udp',
  address: '10.99.0.100',
  port: 1194,
  device: 'tun0',
  network: '10.8.0.0/24',
  network6: '',
  main: true,
  shareWith: '',
  directives: '',
  keepalive: { ping: 1, restart: 4 },
  token: { lifetime: 43_200, renewal: 3_600 },
  files: {
    certificateAuthority: '/run/t/ca.pem',
    certificate: '/run/t/server.pem',
    privateKey: '/run/t/server.key',
    tlsCryptV2ServerKey: '/run/t/tls-crypt-v2.key',
    authTokenSecret: '/run/t/auth-token.key',
    revokedSerials: '/var/t/revoked',
    clientConfigDirectory: '/var/t/ccd',
    managementSocket: '/run/t/management.sock',
    pid: '/run/t/pid',
  },
  runAs: { user: 'tandem', group: 'tandem' },
};

const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
const profile: ProfileSpec = {
  remotes: [
    { host: 'vpn.example.com', port: 1194, protocol: 'udp' },
    { host: '192.0.2.1', port: 443, protocol: 'tcp' },
  ],
  serverName: 'tandem-server',
  certificateAuthority: pem,
  certificate: pem,
  privateKey: pem,
  tlsCryptV2ClientKey: pem,
};

const firewall = {
  vpnNetwork: '10.8.0.0/24',
  vpnNetwork6: '',
  sourceAddress: '10.99.0.100',
  vpnDevices: ['tun0'],
  lanInterface: 'eth0',
  access: 'nat' as const,
  routes: ['10.99.0.0/24'],
  clientToClient: false,
  policies: [{ addresses: ['10.8.0.10'], allow: ['10.99.0.0/24'] }],
};

/** What must never come through, whatever field it is put in. */
const injections = [
  'x\nscript-security 2',
  'x\rup /bin/sh',
  'x"',
  "x'",
  'x y',
  'x;y',
  'x}',
  '/tmp/../etc/x',
  '../x',
  'x\0y',
  '',
  '$(x)',
  '--x',
  '#x',
];

function refuses(render: () => unknown, value: string): void {
  assert.throws(render, { code: 'access.openvpn.bad-value' }, JSON.stringify(value));
}

describe('the server configuration', () => {
  const lines = renderServerConfig(server).split('\n');

  it('says what a pair needs', () => {
    for (const line of [
      'local 10.99.0.100',
      'proto udp4',
      'topology subnet',
      'mode server',
      'disable-dco',
      'ifconfig 10.8.0.1 255.255.255.0',
      'push "topology subnet"',
      'push "route-gateway 10.8.0.1"',
      'keepalive 1 4',
      'ccd-exclusive',
      'tls-crypt-v2 /run/t/tls-crypt-v2.key force-cookie',
      'auth-gen-token 43200 3600',
      'verify-client-cert require',
      'script-security 1',
      'management /run/t/management.sock unix',
      'management-client-auth',
    ]) {
      assert.ok(lines.includes(line), line);
    }
  });

  it('has nothing that would break it', () => {
    const words = lines.map((line) => line.split(' ')[0]);
    for (const word of [
      'username-as-common-name',
      'duplicate-cn',
      'comp-lzo',
      'compress',
      'status',
      'plugin',
      'up',
    ]) {
      assert.equal(words.includes(word), false, word);
    }
    assert.equal(renderServerConfig(server).includes('external-auth'), false);
  });

  it('takes no value for more than a value', () => {
    for (const value of injections) {
      refuses(() => renderServerConfig({ ...server, address: value }), value);
      refuses(() => renderServerConfig({ ...server, device: value }), value);
      refuses(() => renderServerConfig({ ...server, network: value }), value);
      refuses(() => renderServerConfig({ ...server, runAs: { user: value, group: 'tandem' } }), value);
      refuses(() => renderServerConfig({ ...server, runAs: { user: 'tandem', group: value } }), value);
      for (const key of Object.keys(server.files)) {
        refuses(() => renderServerConfig({ ...server, files: { ...server.files, [key]: value } }), value);
      }
    }
    for (const port of [0, 65_536, 1.5, Number.NaN])
      refuses(() => renderServerConfig({ ...server, port }), `${port}`);
    refuses(() => renderServerConfig({ ...server, keepalive: { ping: 10, restart: 11 } }), 'keepalive');
    refuses(() => renderServerConfig({ ...server, token: { lifetime: 60, renewal: 90 } }), 'token');
  });
});

describe('further server processes', () => {
  it('have no route to the whole network, speak TCP or IPv6 and share a port', () => {
    const tcp = renderServerConfig({
      ...server,
      protocol: 'tcp',
      main: false,
      address: '2001:db8::100',
      network6: 'fd00:8::/64',
      shareWith: '127.0.0.1:8443',
    }).split('\n');
    for (const line of [
      'local 2001:db8::100',
      'proto tcp6-server',
      'port-share 127.0.0.1 8443',
      'ifconfig 10.8.0.1 255.255.255.255',
      'ifconfig-ipv6 fd00:8::1/124 ::',
      'push tun-ipv6',
    ]) {
      assert.ok(tcp.includes(line), line);
    }
    assert.ok(
      renderServerConfig({ ...server, network6: 'fd00:8::/64' }).includes('ifconfig-ipv6 fd00:8::1/64 ::'),
    );
  });
});

describe('free server directives', () => {
  it('are tuning and pushes, and run, read or open nothing', () => {
    assert.deepEqual(checkedDirectives('# faster\n\n--sndbuf 0\npush "route 10.1.0.0 255.255.0.0"\r\n'), [
      'sndbuf 0',
      'push "route 10.1.0.0 255.255.0.0"',
    ]);
    for (const wrong of [
      'up /bin/sh',
      'plugin x.so',
      'script-security 2',
      'config /etc/passwd',
      'user root',
      '<ca>',
      'verb 3\0',
    ]) {
      assert.throws(() => checkedDirectives(`verb 3\n${wrong}`), {
        code: 'settings.directive',
        message: /Line 2/,
      });
    }
  });
});

describe('one word of a configuration', () => {
  it('comes out of the lexer of OpenVPN as it went in', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 80 }), (word) => {
        const line = option('setenv', word);
        assert.equal(line.includes('\n'), false);
        assert.equal(lex(line)[1], word);
        assert.equal(lex(lex(pushed('setenv', word))[1]!)[1], word);
      }),
    );
  });

  it('is refused when it is longer than OpenVPN reads, or not plain', () => {
    refuses(() => option('setenv', 'x'.repeat(256)), 'long');
    for (const word of ['a\nb', 'ü', '\u2028', '']) refuses(() => option('setenv', word), word);
  });

  it('cannot close the inline block that it stands in', () => {
    refuses(() => inline('ca', `${pem}</ca>\nup /bin/sh\n<ca>`), '</ca>');
    refuses(() => inline('ca', ''), '');
  });
});

describe('a client file', () => {
  it('gives the address, and refuses a disabled client', () => {
    const client = {
      address: '10.8.0.7',
      netmask: '255.255.255.0',
      disabled: false,
      routes: ['10.1.0.0/16'],
    };
    assert.equal(
      renderClientConfigFile(client),
      'ifconfig-push 10.8.0.7 255.255.255.0\npush "route 10.1.0.0 255.255.0.0"\n',
    );
    assert.equal(renderClientConfigFile({ ...client, disabled: true }), 'disable\n');
    const everything = renderClientConfigFile({
      ...client,
      ipv6: { address: 'fd00:8::1007/64', server: 'fd00:8::1' },
      routes: ['10.1.0.0/16', 'fd00:1::/64'],
      fullTunnel: true,
      dns: ['10.99.0.53', 'fd00::53'],
      searchDomains: ['example.com'],
    }).split('\n');
    for (const line of [
      'ifconfig-ipv6-push fd00:8::1007/64 fd00:8::1',
      'push "redirect-gateway def1 ipv6"',
      'push "route-ipv6 fd00:1::/64"',
      'push "dhcp-option DNS 10.99.0.53"',
      'push "dhcp-option DNS6 fd00::53"',
      'push "dhcp-option DOMAIN-SEARCH example.com"',
    ]) {
      assert.ok(everything.includes(line), line);
    }
    for (const value of injections) {
      refuses(() => renderClientConfigFile({ ...client, dns: [value] }), value);
      refuses(() => renderClientConfigFile({ ...client, searchDomains: [value] }), value);
      refuses(() => renderClientConfigFile({ ...client, address: value }), value);
      refuses(() => renderClientConfigFile({ ...client, routes: [value] }), value);
    }
  });

  it('is named by the profile and never by a path', () => {
    assert.equal(clientConfigFileName('alice:default'), 'alice:default');
    // With the generic profile a client is called as its user is.
    assert.equal(clientConfigFileName('alice'), 'alice');
    for (const name of ['DEFAULT', '../alice:default', 'a/b:c', 'any:user:generic', '.', '']) {
      assert.throws(() => clientConfigFileName(name), { code: 'access.openvpn.bad-common-name' }, name);
    }
  });
});

describe('a profile', () => {
  it('is a client that comes back by itself and asks for a password', () => {
    const lines = renderProfile(profile).split('\n');
    for (const line of [
      'client',
      'remote vpn.example.com 1194 udp',
      'remote 192.0.2.1 443 tcp-client',
      'nobind',
      'persist-tun',
      'connect-retry 1 5',
      'resolv-retry 2',
      'server-poll-timeout 5',
      'remote-cert-tls server',
      'verify-x509-name tandem-server name',
      'auth-user-pass',
      'pull-filter ignore peer-id',
      '<tls-crypt-v2>',
    ]) {
      assert.ok(lines.includes(line), line);
    }
    for (const word of ['auth-retry', 'comp-lzo', 'compress', 'script-security']) {
      assert.equal(
        lines.some((line) => line.startsWith(word)),
        false,
        word,
      );
    }
  });

  it('keeps its peer-id where the kernel may carry its packets, and so does the server', () => {
    const ofBoth =
      renderProfile({ ...profile, dataChannel: 'kernel' }) +
      renderServerConfig({ ...server, dataChannel: 'kernel' });
    for (const word of ['peer-id', 'disable-dco']) assert.ok(!ofBoth.includes(word), word);
  });

  it('takes no value for more than a value', () => {
    for (const value of injections) {
      refuses(
        () => renderProfile({ ...profile, remotes: [{ host: value, port: 1, protocol: 'udp' }] }),
        value,
      );
      refuses(() => renderProfile({ ...profile, serverName: value }), value);
      refuses(() => renderProfile({ ...profile, privateKey: value }), value);
    }
    refuses(() => renderProfile({ ...profile, remotes: [] }), 'no remote');
  });
});

describe('the firewall', () => {
  it('replaces its own table in one transaction', () => {
    assert.match(
      renderFirewall(firewall),
      /^table inet tandem\ndelete table inet tandem\ntable inet tandem \{/,
    );
  });

  it('takes no value for more than a value', () => {
    for (const value of injections) {
      for (const key of ['vpnNetwork', 'sourceAddress', 'lanInterface']) {
        refuses(() => renderFirewall({ ...firewall, [key]: value }), value);
      }
      refuses(() => renderFirewall({ ...firewall, vpnDevices: [value] }), value);
      refuses(() => renderFirewall({ ...firewall, access: 'routed', routes: [value] }), value);
      refuses(() => renderFirewall({ ...firewall, policies: [{ addresses: [value], allow: [] }] }), value);
      refuses(() => renderFirewall({ ...firewall, policies: [{ addresses: [], allow: [value] }] }), value);
    }
  });
});

/** The words of a line as the lexer in OpenVPN's options.c (`parse_line`) finds them, for lines that we write. */
function lex(line: string): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|([^\s"]+)/g)].map(([, quoted, plain]) =>
    plain === undefined ? (quoted ?? '').replaceAll(/\\(.)/g, '$1') : plain,
  );
}
