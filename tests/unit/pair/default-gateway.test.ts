import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultGateway } from '../../../src/supervisor/default-gateway.ts';

const head = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT';
const routes = [
  head,
  'eth0\t00000000\tFE00630A\t0003\t0\t0\t100\t00000000\t0\t0\t0',
  'eth0\t00000000\t0100630A\t0003\t0\t0\t50\t00000000\t0\t0\t0',
  'eth1\t00000000\t01A8C0C0\t0003\t0\t0\t0\t00000000\t0\t0\t0',
  'eth0\t0000630A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
  'ppp0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0',
].join('\n');

test('the gateway is that of the default route of the interface, the preferred one of several', () => {
  assert.equal(defaultGateway('eth0', routes), '10.99.0.1');
  assert.equal(defaultGateway('eth1', routes), '192.192.168.1');
});

test('an interface without a default route, or one without a gateway, has none to ask', () => {
  assert.equal(defaultGateway('ppp0', routes), undefined);
  assert.equal(defaultGateway('eth2', routes), undefined);
  assert.equal(defaultGateway('eth0', head), undefined);
});
