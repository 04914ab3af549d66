import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ProbeAnswer } from '../../../src/validation/contract.ts';
import { freeVhid, type Plan, planRow, probeRows, rowIds } from '../../../src/validation/rows.ts';

const plan: Plan = {
  virtualAddress: '10.99.0.100',
  prefixLength: 24,
  vhid: 51,
  own: { name: 'node-a', address: '10.99.0.1', prefixLength: 24 },
  peerAddress: '10.99.0.2',
  multicast: true,
  unicast: true,
  second: false,
};
const clockMs = 1_700_000_000_000;
const sound: ProbeAnswer = {
  product: '1.0.0',
  openvpn: '2.6.14',
  clockMs,
  freeBytes: 10_000_000_000,
  freeFiles: null,
  bindsAhead: true,
  kernelChannel: false,
  platform: 'other',
  linkUp: true,
  heard: { multicast: true, unicast: true },
  second: null,
  ownAddresses: [],
  claims: [],
  advertisers: [],
  portsTaken: [],
};
const neighbour = { protocol: 'VRRPv2', vhid: 51, source: '10.99.0.254' };

/** What is not good, by row. */
function found(change: { plan?: Partial<Plan>; own?: Partial<ProbeAnswer>; peer?: Partial<ProbeAnswer> }) {
  const rows = probeRows(
    { ...plan, ...change.plan },
    { ...sound, ...change.own },
    { ...sound, ...change.peer },
    clockMs,
  );
  return rows
    .filter(({ state }) => state !== 'good')
    .map(({ id, state, sentence, remedy }) => `${id} ${state}: ${sentence} ${remedy}`);
}

describe('what the probes of both nodes come to', () => {
  it('is all good where nothing is wrong, a row for everything that was looked at', () => {
    assert.deepEqual(found({}), []);
    const rows = [planRow(plan), ...probeRows(plan, sound, sound, clockMs)].map(({ id }) => id);
    // These two are said by whoever reaches the other node.
    assert.deepEqual(
      rows,
      rowIds(plan).filter((id) => id !== 'reach' && id !== 'ready'),
    );
  });

  const wrong: [what: string, change: Parameters<typeof found>[0], row: RegExp][] = [
    ['another version', { peer: { product: '0.9.0' } }, /^versions problem: .*0\.9\.0/],
    ['no OpenVPN there', { peer: { openvpn: null } }, /^openvpn problem: .*the second node.*apt-get/],
    ['another OpenVPN there', { peer: { openvpn: '2.5.1' } }, /^openvpn warning: /],
    ['clocks apart', { peer: { clockMs: clockMs - 3_000 } }, /^clocks problem: .*3\.0 s apart.*set-ntp/],
    [
      'an address in use',
      { own: { claims: [{ address: '10.99.0.100', mac: '02:00:00:00:00:09' }] } },
      /^address problem: 10\.99\.0\.100 is taken: 02:00:00:00:00:09/,
    ],
    [
      'a VHID in use, seen by the other node alone',
      { peer: { advertisers: [neighbour] } },
      /^vhid problem: 10\.99\.0\.254 uses VHID 51 \(VRRPv2\)\. A free one is 52/,
    ],
    [
      'multicast filtered',
      { own: { heard: { multicast: false, unicast: true } } },
      /^multicast warning: .*this node\. The pair works by unicast alone/,
    ],
    [
      'unicast filtered',
      { peer: { heard: { multicast: true, unicast: false } } },
      /^unicast warning: .*the second node\. The pair works by multicast alone/,
    ],
    [
      'multicast filtered where it is the only way',
      { plan: { unicast: false }, peer: { heard: { multicast: false, unicast: true } } },
      /^multicast problem: /,
    ],
    [
      'another program on the port',
      { peer: { portsTaken: ['udp 1194'] } },
      /^ports problem: .*udp 1194 on the second/,
    ],
    ['no space', { own: { freeBytes: 100_000_000 } }, /^space problem: Only 0\.1 GB/],
    ['a read-only /proc/sys', { peer: { bindsAhead: false } }, /^platform problem: .*the second node cannot/],
    ['DCO on one', { own: { kernelChannel: true } }, /^openvpn warning: .*only this node has/],
    ['no inodes', { own: { freeFiles: 12 } }, /^space problem: Only 12 more files/],
    [
      'no such interface for the second way',
      { plan: { second: true }, own: { second: 'heard' }, peer: { second: 'missing' } },
      /^second problem: .*no such interface.*on the second node/,
    ],
    [
      'a second way that carries nothing',
      { plan: { second: true }, own: { second: 'silent' }, peer: { second: 'heard' } },
      /^second problem: Heartbeats do not arrive on this node/,
    ],
    [
      'an IPv6 address of another network',
      { plan: { address6: '2001:db8::100/64' }, own: { ownAddresses: ['2001:db8::1/64'] } },
      /^subnet6 problem: the second node has no address in the network/,
    ],
    ...(['vmware', 'hyper-v'] as const).map((platform): [string, Parameters<typeof found>[0], RegExp] => [
      `${platform} with the virtual MAC`,
      { plan: { virtualMac: true }, own: { platform } },
      /^platform (warning|problem): .*(orged|poof)/,
    ]),
    ...(['aws', 'azure', 'gcp'] as const).map((platform): [string, Parameters<typeof found>[0], RegExp] => [
      `the cloud ${platform}`,
      {
        plan: { multicast: false },
        own: { platform, heard: { multicast: false, unicast: true } },
        peer: { platform, heard: { multicast: false, unicast: true } },
      },
      /^platform problem: .* filters multicast.*Instead: .*unicast/,
    ]),
  ];
  for (const [what, change, row] of wrong) {
    it(`names ${what}, alone, with what to do`, () => {
      const rows = found(change);
      assert.equal(rows.length, 1, rows.join('\n'));
      assert.match(rows[0] ?? '', row);
    });
  }

  it('takes no offence at a way that is not to be used', () => {
    const deaf = { heard: { multicast: false, unicast: true } };
    assert.deepEqual(found({ plan: { multicast: false }, own: deaf, peer: deaf }), []);
    assert.equal(found({ plan: { multicast: false, unicast: false } }).length, 2);
  });

  it('says on ESXi and Hyper-V that nothing is to be changed', () => {
    for (const platform of ['vmware', 'hyper-v']) {
      const row = probeRows(plan, { ...sound, platform }, sound, clockMs).find(({ id }) => id === 'platform');
      assert.match(row?.sentence ?? '', /nothing to change/);
    }
  });
});

describe('the plan itself', () => {
  const wrong: [change: Partial<Plan>, sentence: RegExp][] = [
    [{ virtualAddress: '10.98.0.100' }, /is not in 10\.99\.0\.0\/24/],
    [{ prefixLength: 16 }, /The prefix of .* is \/16; the LAN's is \/24/],
    [{ virtualAddress: '10.99.0.1' }, /a node's own address/],
    [{ virtualAddress: '10.99.0.2' }, /a node's own address/],
    [{ peerAddress: '10.98.0.2' }, /The second node, .*, is not in/],
    [{ peerAddress: '10.99.0.1' }, /is this very node/],
  ];
  for (const [change, sentence] of wrong) {
    it(`is refused: ${JSON.stringify(change)}`, () => {
      const row = planRow({ ...plan, ...change });
      assert.equal(row.state, 'problem');
      assert.match(row.sentence, sentence);
      assert.ok(row.remedy);
    });
  }
});

describe('a free VHID', () => {
  it('is the lowest from 51 on that nobody uses, then the highest below', () => {
    const used = (from: number, to: number) =>
      Array.from({ length: to - from + 1 }, (_, index) => ({ vhid: from + index }));
    assert.equal(freeVhid([]), 51);
    assert.equal(freeVhid([{ vhid: 51 }, { vhid: 53 }]), 52);
    assert.equal(freeVhid(used(51, 255)), 50);
  });
});
