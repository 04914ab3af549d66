import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseAddress } from '../../../src/core/net/address.ts';
import { pairProtocols, protocolObjection } from '../../../src/core/vrrp/pair-protocol.ts';
import { parseConfig } from '../../../src/heartbeat/config/load.ts';
import { virtualRouter } from '../../../src/heartbeat/config/virtual-router.ts';
import { changedPair } from '../../../src/pair/change/change-plan.ts';
import { heartbeatRequest } from '../../../src/pair/change/heartbeat-form.ts';
import { newHeartbeatKeys } from '../../../src/settings/heartbeat-keys.ts';
import { type PairSettings, pairSettingsSchema } from '../../../src/settings/pair.ts';
import { heartbeatConfig } from '../../../src/supervisor/heartbeat-config.ts';

const ids = ['6d1c5b06-7d2b-4e88-8b3a-0d5f6f4b8f01', '6d1c5b06-7d2b-4e88-8b3a-0d5f6f4b8f02'] as const;
const node = (index: 0 | 1): PairSettings['nodes'][number] => ({
  nodeId: ids[index],
  name: index === 0 ? 'node-a' : 'node-b',
  address: `10.99.0.${index + 1}`,
  interface: 'eth0',
  priority: index === 0 ? 110 : 100,
  ssh: { port: 22, hostKey: 'ssh-ed25519 AAAA' },
});
const pair: PairSettings = pairSettingsSchema.parse({
  pairId: ids[0],
  virtualAddress: '10.99.0.100/24',
  vhid: 51,
  advertisementIntervalMs: 1_000,
  leaseSeconds: 2,
  nodes: [node(0), node(1)],
});
const keys = newHeartbeatKeys();

function readBy(settings: PairSettings, index: 0 | 1) {
  const request = heartbeatRequest(settings, ids[index], keys) ?? assert.fail();
  return parseConfig(heartbeatConfig(request, '10.99.0.254'), 'the configuration');
}

describe('what a pair tells its heartbeats', () => {
  for (const protocol of pairProtocols)
    it(`is a configuration that they take, with ${protocol}, and the primary goes first`, () => {
      const own = parseAddress('10.99.0.1') ?? assert.fail();
      const [first, second] = ([0, 1] as const).map((index) =>
        virtualRouter(readBy({ ...pair, protocol, address6: '2001:db8::100/64' }, index), own),
      );
      assert.ok(first && second && first.priority > second.priority);
      assert.deepEqual(
        [first.addresses.length, first.companions?.length],
        [1, 1],
        'one is advertised, the other comes along',
      );
    });

  it('gives both nodes the same CARP password, made of their key', () => {
    const [a, b] = ([0, 1] as const).map((index) => readBy({ ...pair, protocol: 'carp' }, index).carp);
    assert.equal(a?.password, b?.password);
    assert.ok(!keys.keys[0]?.key.includes(a?.password ?? 'hex'));
  });

  it('has a virtual MAC where the pair says so', () => {
    assert.equal(readBy({ ...pair, virtualMac: true }, 0).virtualMac, true);
  });
});

describe('what the protocols of a pair do not allow', () => {
  it('is said when it is made', () => {
    const fast = { advertisementIntervalMs: 100 };
    assert.equal(protocolObjection(fast), undefined);
    assert.match(protocolObjection({ ...fast, protocol: 'vrrp2' }) ?? '', /whole seconds/);
    assert.match(protocolObjection({ ...fast, protocol: 'carp' }) ?? '', /whole seconds/);
    const slow = { advertisementIntervalMs: 1_000, protocol: 'carp' as const };
    assert.match(protocolObjection({ ...slow, virtualMac: true }) ?? '', /no virtual MAC/);
  });

  it('is said when it is changed, and what is not spoken changes all the same', () => {
    const carp: PairSettings = { ...pair, protocol: 'carp' };
    assert.throws(() => changedPair(carp, { vhid: 61 }), /CARP cannot speak two forms/);
    assert.throws(() => changedPair({ ...pair, virtualMac: true }, { vhid: 61 }), /has the VHID in it/);
    assert.throws(() => changedPair({ ...pair, protocol: 'vrrp2' }, { preset: 'fast' }), /whole seconds/);
    const changed = changedPair(carp, { address6: '2001:DB8:0::100/64' });
    assert.equal(changed.address6, '2001:db8::100/64');
    assert.equal(changedPair(changed, { address6: null }).address6, undefined);
  });
});
