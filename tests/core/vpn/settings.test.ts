import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { consequences, interrupts } from '../../../src/core/vpn/consequences.ts';
import { keepalivePresets, longestOutageSeconds } from '../../../src/core/vpn/keepalive.ts';
import { serverProcesses } from '../../../src/core/vpn/processes.ts';
import { defaultVpnSettings, type VpnSettings } from '../../../src/core/vpn/settings.ts';

const base = defaultVpnSettings;

function effects(change: Partial<VpnSettings>): [type: string, process: string | undefined][] {
  return consequences(base, { ...base, ...change }).map(({ type, process }) => [type, process]);
}

describe('the server processes', () => {
  it('are as many as wanted, each with a port, a name and a device of its own', () => {
    const processes = serverProcesses({
      ...base,
      udp: { enabled: true, port: 1194, processes: 2 },
      tcp: { enabled: true, port: 443, processes: 2, shareWith: '127.0.0.1:8443' },
    });
    assert.deepEqual(
      processes.map(({ name, port, device, main, shareWith }) => [name, port, device, main, shareWith]),
      [
        ['udp', 1194, 'tandem0', true, ''],
        ['udp-2', 1195, 'tandem1', false, ''],
        ['tcp', 443, 'tandem100', false, '127.0.0.1:8443'],
        ['tcp-2', 444, 'tandem101', false, ''],
      ],
    );
  });
});

describe('a change of the settings', () => {
  it('restarts only what must restart', () => {
    assert.deepEqual(effects({}), []);
    assert.deepEqual(effects({ tcp: { ...base.tcp, enabled: true } }), [
      ['start', 'tcp'],
      ['profiles', undefined],
    ]);
    assert.deepEqual(effects({ udp: { ...base.udp, port: 1195 } }), [
      ['restart', 'udp'],
      ['profiles', undefined],
    ]);
    assert.deepEqual(effects({ keepalive: { ping: 5, restart: 20 } }), [['restart', 'udp']]);
    assert.deepEqual(effects({ host: 'vpn.example.com' }), [['profiles', undefined]]);
    assert.deepEqual(effects({ clientToClient: true }), [['firewall', undefined]]);
    assert.deepEqual(effects({ dns: ['10.0.0.53'] }), [['reconnect', undefined]]);
    assert.deepEqual(effects({ lockout: { failures: 3, windowMinutes: 1, minutes: 1 } }), [
      ['new-logins', undefined],
    ]);
  });

  it('says who notices', () => {
    const noticed = consequences(base, {
      ...base,
      keepalive: { ping: 5, restart: 20 },
      clientToClient: true,
    });
    assert.deepEqual(
      noticed.map((one) => [one.type, interrupts(one)]),
      [
        ['restart', true],
        ['firewall', false],
      ],
    );
    const stopped = consequences({ ...base, tcp: { ...base.tcp, enabled: true } }, base);
    assert.deepEqual([stopped[0]?.type, stopped[0]?.process], ['stop', 'tcp']);
  });
});

it('each keepalive preset says what outage it means', () => {
  assert.deepEqual(
    keepalivePresets.map((preset) => [preset.name, longestOutageSeconds(preset)]),
    [
      ['fast', 6],
      ['balanced', 22],
      ['quiet', 62],
    ],
  );
});
