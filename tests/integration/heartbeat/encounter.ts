import assert from 'node:assert/strict';
import { type Network, until } from '../network.ts';
import { Frr } from './frr.ts';
import { dualNetwork, IPV6_VIRTUAL } from './ipv6-network.ts';
import { Keepalived } from './keepalived.ts';
import { HeartbeatNode, VIRTUAL } from './node.ts';
import { Ucarp } from './ucarp.ts';

/** Which program, and how it and we talk. */
export type Encounter =
  | {
      readonly peer: 'keepalived' | 'frr';
      readonly version: 2 | 3;
      readonly path: 'multicast' | 'unicast';
      readonly family: 4 | 6;
    }
  | { readonly peer: 'ucarp' };

/** What all of them can do. `first`: it goes before us; `last`: it goes after us. Without preemption that matters at the start only. */
interface Peer {
  start(rank: 'first' | 'last'): Promise<void>;
  serves(): Promise<boolean>;
  /** It waits, and for longer than it would if it did not hear us. */
  listens(): Promise<void>;
  stop(): Promise<void>;
  losePower(): Promise<void>;
  /** Fails when it claimed as if we had died. */
  assertHeardFarewell(claimedAfterMs: number): void;
}

interface Meeting extends AsyncDisposable {
  readonly ours: HeartbeatNode;
  readonly theirs: Peer;
  weHear(): Promise<void>;
  weHold(): Promise<boolean>;
  mend(host: 'ours' | 'theirs'): Promise<void>;
  /** Only that one has the address, and it stays so for a while. */
  assertOwner(owner: 'ours' | 'theirs'): Promise<void>;
  /** ucarp never says that it leaves. */
  readonly causeWhenItLeaves: 'peer-left' | 'silence';
}

const BOUND_MS = 30_000;
const PRIORITIES = { first: 150, last: 90 };
const SKEWS = { first: 0, last: 100 };

/** A LAN with us on one host and them on the other; nothing runs yet. */
export async function beside(encounter: Encounter): Promise<Meeting> {
  const network = await dualNetwork({ ours: 1, theirs: 2 });
  const virtual = addressesOf(encounter);
  const ours = new HeartbeatNode(network, 'ours', ourConfig(encounter));
  const theirs = peerOf(encounter, network);
  const weHold = (): Promise<boolean> => network.host('ours').holds(virtual.at(-1) ?? '');
  return {
    ours,
    theirs,
    weHold,
    weHear: () =>
      until(async () => (await ours.status()).peers.length > 0, BOUND_MS, 'we hear the other program'),
    mend: (host) => network.mend(host),
    assertOwner: async (owner) => {
      for (let check = 0; check < 5; check += 1) {
        const found = { ours: await weHold(), theirs: await theirs.serves() };
        assert.deepEqual(
          found,
          { ours: owner === 'ours', theirs: owner === 'theirs' },
          'who has the address',
        );
        await sleep(100);
      }
    },
    causeWhenItLeaves: encounter.peer === 'ucarp' ? 'silence' : 'peer-left',
    [Symbol.asyncDispose]: () => network[Symbol.asyncDispose](),
  };
}

function addressesOf(encounter: Encounter): readonly string[] {
  return encounter.peer !== 'ucarp' && encounter.family === 6 ? IPV6_VIRTUAL : [VIRTUAL];
}

function ourConfig(encounter: Encounter): Record<string, unknown> {
  if (encounter.peer === 'ucarp') {
    return {
      protocol: 'carp',
      // What orders CARP nodes is in here.
      priority: undefined,
      advertisementIntervalMs: undefined,
      carp: { password: 'interop', advskew: 50 },
    };
  }
  const { version, path, family } = encounter;
  return {
    ...(version === 2 ? { protocol: 'vrrp2', advertisementIntervalMs: 1000 } : { checksum: 'pseudo-header' }),
    ...(path === 'unicast' ? { paths: [{ unicast: ownAddresses(family).theirs }] } : {}),
    virtualAddresses: addressesOf(encounter),
  };
}

function ownAddresses(family: 4 | 6): { readonly ours: string; readonly theirs: string } {
  return family === 4
    ? { ours: '10.99.0.1', theirs: '10.99.0.2' }
    : { ours: '2001:db8::1', theirs: '2001:db8::2' };
}

function peerOf(encounter: Encounter, network: Network): Peer {
  switch (encounter.peer) {
    case 'keepalived':
      return keepalivedPeer(new Keepalived(network, 'theirs'), encounter, network);
    case 'frr':
      return frrPeer(new Frr(network, 'theirs', encounter.family));
    case 'ucarp':
      return ucarpPeer(new Ucarp(network, 'theirs'), network);
  }
}

function keepalivedPeer(
  keepalived: Keepalived,
  encounter: Exclude<Encounter, { peer: 'ucarp' }>,
  network: Network,
): Peer {
  const { version, path, family } = encounter;
  const { ours, theirs } = ownAddresses(family);
  const addresses = addressesOf(encounter);
  return {
    start: async (rank) =>
      keepalived.start({
        priority: PRIORITIES[rank],
        version,
        addresses,
        ...(path === 'unicast' ? { unicast: { source: theirs, peer: ours } } : {}),
      }),
    serves: () => network.host('theirs').holds(addresses.at(-1) ?? ''),
    listens: () => until(() => keepalived.listens, BOUND_MS, 'keepalived listens'),
    stop: () => keepalived.stop(),
    losePower: () => keepalived.losePower(),
    assertHeardFarewell: () => assert.match(keepalived.log, /Backup received priority 0 advertisement/),
  };
}

function frrPeer(frr: Frr): Peer {
  return {
    start: (rank) => frr.start({ priority: PRIORITIES[rank] }),
    serves: () => frr.isActive(),
    listens: () => until(() => frr.listens(), BOUND_MS, 'FRR listens'),
    stop: () => frr.stop(),
    losePower: () => frr.losePower(),
    assertHeardFarewell: () => undefined,
  };
}

function ucarpPeer(ucarp: Ucarp, network: Network): Peer {
  return {
    start: async (rank) => ucarp.start({ source: '10.99.0.2', advskew: SKEWS[rank] }),
    serves: () => network.host('theirs').holds(VIRTUAL),
    // It says nothing of what it hears: long enough for it to take over if it did not hear us.
    listens: async () => {
      await sleep(4500);
      ucarp.assertRuns();
    },
    stop: () => ucarp.stop(),
    losePower: () => ucarp.losePower(),
    assertHeardFarewell: (claimedAfterMs) =>
      assert.ok(claimedAfterMs < 2500, `ucarp waited ${claimedAfterMs} ms as for a dead node`),
  };
}

function sleep(forMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, forMs));
}
