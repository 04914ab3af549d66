import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Store } from '../../../src/store/store.ts';
import { addUser, admin, openStore } from './workspace.ts';

const vpn = {
  host: '',
  keepalive: { ping: 1, restart: 4 },
  dns: [] as string[],
  servers: [{ host: 'a.example.com', weight: 1 }],
  directives: { server: '', client: '' },
};
const pair = {
  pairId: 'f0b4',
  virtualAddress: '10.99.0.100/24',
  vhid: 51,
  advertisementIntervalMs: 1_000,
  nodes: [
    { nodeId: '1', name: 'node-a', priority: 110 },
    { nodeId: '2', name: 'node-b', priority: 100 },
  ],
};

/** What the newest change is called. */
function said(store: Store): readonly string[] {
  return store.history.last(1)[0]?.words ?? [];
}

function set(store: Store, name: string, value: object): void {
  store.write(admin, ({ settings }) => settings.set(name, JSON.parse(JSON.stringify(value))));
}

test('a change of settings is told field by field, from what to what', (context) => {
  const store = openStore(context);
  set(store, 'vpn', vpn);
  assert.deepEqual(said(store), ['setting vpn: added']);
  set(store, 'vpn', {
    ...vpn,
    host: 'vpn.example.com',
    keepalive: { ping: 1, restart: 10 },
    dns: ['10.0.0.53', '10.0.0.54'],
    servers: [{ host: 'a.example.com', weight: 3 }],
    directives: { server: 'sndbuf 0\nrcvbuf 0', client: '' },
  });
  assert.deepEqual(said(store), [
    'setting vpn: host none → vpn.example.com, keepalive restart 4 → 10, DNS none → 10.0.0.53, 10.0.0.54, servers a.example.com weight 1 → 3, directives server none → sndbuf 0; rcvbuf 0',
  ]);
});

test('a pair is told by its address and numbers, with their units; its change by what changed', (context) => {
  const store = openStore(context);
  set(store, 'pair', pair);
  assert.deepEqual(said(store), [
    'setting pair: added, virtual address 10.99.0.100/24, VHID 51, advertisement interval 1000 ms',
  ]);
  const [first, second] = pair.nodes;
  set(store, 'pair', {
    ...pair,
    vhid: 52,
    advertisementIntervalMs: 100,
    preemptDelaySeconds: 30,
    nodes: [first, { ...second, priority: 120 }],
  });
  assert.deepEqual(said(store), [
    'setting pair: VHID 51 → 52, advertisement interval 1000 ms → 100 ms, nodes node-b priority 100 → 120, preempt delay none → 30 s',
  ]);
});

test('properties of a user are told alike', (context) => {
  const store = openStore(context);
  addUser(store, 'alice');
  assert.deepEqual(said(store), ['user alice: added'], 'what is as everybody expects is not said');
  store.write(admin, ({ users }) =>
    users.change('alice', { properties: { autoLogin: true, routes: ['10.20.0.0/16'] } }),
  );
  assert.deepEqual(said(store), ['user alice: auto login none → yes, routes none → 10.20.0.0/16']);
});

test('of a setting that nobody is meant to read it is only said that it changed', (context) => {
  const store = openStore(context);
  set(store, 'of.tomorrow', { secret: 'one' });
  assert.deepEqual(said(store), ['setting of.tomorrow: added']);
  set(store, 'of.tomorrow', { secret: 'two' });
  assert.deepEqual(said(store), ['setting of.tomorrow: value changed']);
});
