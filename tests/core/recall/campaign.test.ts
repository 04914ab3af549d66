import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  beginCampaign,
  type Campaign,
  type CampaignEffect,
  type CampaignInput,
  deadline,
  isOver,
  longestSilence,
  step,
} from '../../../src/core/recall/campaign.ts';
import { milliseconds } from '../../../src/core/time/duration.ts';
import { after, instant } from '../../../src/core/time/instant.ts';
import { client } from './server-and-clients.ts';

const start = instant(0);
const at = (ms: number) => after(start, milliseconds(ms));

/** Feeds inputs at their times and returns what was done, one line each. */
function told(state: Campaign, ...inputs: [ms: number, input: CampaignInput][]): [Campaign, string[]] {
  let current = state;
  const lines: string[] = [];
  for (const [ms, input] of inputs) {
    const next = step(current, at(ms), input);
    current = next.state;
    lines.push(...next.effects.map(line));
  }
  return [current, lines];
}

function line(effect: CampaignEffect): string {
  if (effect.type === 'recall') return `recall ${effect.client.commonName} ${effect.attempt}`;
  return effect.type === 'over' ? `over ${JSON.stringify(effect.outcome)}` : effect.type;
}

const tick = { type: 'tick' } as const;
const nobody = { type: 'looked', instances: [] } as const;

test('OpenVPN is asked first, then each client is recalled once, in the order of the old peer ids', () => {
  const begun = beginCampaign([client(3), client(1), client(2)], start);
  assert.deepEqual(begun.effects, [{ type: 'look' }]);
  const [, lines] = told(begun.state, [1, nobody], [5, tick], [9, tick], [13, tick]);
  assert.deepEqual(lines, ['recall client1 1', 'recall client2 1', 'recall client3 1']);
});

test('recalls are paced', () => {
  const begun = beginCampaign([client(1), client(2)], start);
  const [state, lines] = told(begun.state, [1, nobody], [1, tick]);
  assert.deepEqual(lines, ['recall client1 1']);
  assert.equal(deadline(state), at(2));
});

test('four are called at a time: the next when one of them is back, or takes long', () => {
  const many = Array.from({ length: 6 }, (_, number) => client(number));
  const begun = beginCampaign(many, start);
  const [state, lines] = told(begun.state, [1, nobody], [2, tick], [3, tick], [4, tick], [5, tick]);
  assert.deepEqual(
    lines,
    [0, 1, 2, 3].map((number) => `recall client${number} 1`),
  );
  assert.equal(deadline(state), at(51));
  const [late, one] = told(state, [51, tick]);
  assert.deepEqual(one, ['recall client4 1']);
  assert.equal(deadline(late), at(52));
  const { address, port } = client(1);
  const [, soon] = told(state, [9, { type: 'present', instance: { address, port } }], [10, tick]);
  assert.deepEqual(soon, ['recall client4 1']);
});

test('who is in its handshake still fills its place', () => {
  const many = Array.from({ length: 6 }, (_, number) => client(number));
  const begun = beginCampaign(many, start);
  const [state] = told(begun.state, [1, nobody], [2, tick], [3, tick], [4, tick]);
  const instances = many.slice(0, 4).map(({ address, port }) => ({ address, port }));
  const [, lines] = told(
    { ...state, look: { state: 'asked', at: at(4) } },
    [5, { type: 'looked', instances }],
    [6, tick],
  );
  assert.deepEqual(lines, []);
});

test('each server process has places of its own', () => {
  const many = Array.from({ length: 12 }, (_, number) =>
    client(number, number % 2 === 0 ? {} : { process: 'udp-2' }),
  );
  const begun = beginCampaign(many, start);
  const ticks = Array.from({ length: 11 }, (_, index): [number, CampaignInput] => [2 + index, tick]);
  assert.equal(told(begun.state, [1, nobody], ...ticks)[1].length, 8);
});

test('whoever has an instance already is left in peace, under the address or under the name', () => {
  const begun = beginCampaign([client(1), client(2)], start);
  const instances = [
    { address: client(1).address, port: client(1).port },
    { address: '198.51.100.1', port: 9, commonName: 'client2' },
  ];
  const [state, lines] = told(begun.state, [1, { type: 'looked', instances }]);
  assert.deepEqual(lines, ['over {"recalled":0,"present":2,"left":0,"missing":0}']);
  assert.ok(isOver(state));
});

test('a client that is back is never recalled again', () => {
  const begun = beginCampaign([client(1)], start);
  const instance = { address: client(1).address, port: client(1).port };
  const [, lines] = told(
    begun.state,
    [1, nobody],
    [40, { type: 'present', instance }],
    [1600, tick],
    [9000, tick],
  );
  assert.deepEqual(lines, ['recall client1 1', 'over {"recalled":1,"present":1,"left":0,"missing":0}']);
});

test('a recall is repeated only after OpenVPN said, asked after it was due, that there is no instance', () => {
  const begun = beginCampaign([client(1)], start);
  const [, lines] = told(
    begun.state,
    [1, nobody],
    [1501, tick],
    [1502, nobody],
    [3502, tick],
    [3503, nobody],
    [5503, tick],
  );
  assert.deepEqual(lines, [
    'recall client1 1',
    'look',
    'recall client1 2',
    'look',
    'recall client1 3',
    'over {"recalled":1,"present":0,"left":0,"missing":1}',
  ]);
});

test('versions that do not come back, and addresses of many hosts, are left to ping-restart', () => {
  const begun = beginCampaign(
    [
      client(1, { version: '2.5.11' }),
      client(2, { version: undefined }),
      client(3, { version: '3.8.4' }),
      client(4, { address: '224.0.0.18' }),
    ],
    start,
  );
  assert.deepEqual(begun.effects.map(line), ['over {"recalled":0,"present":0,"left":4,"missing":0}']);
});

test('a server that does not answer is asked again, and nobody is recalled to it meanwhile', () => {
  const begun = beginCampaign([client(1)], start);
  const failed = { type: 'look-failed' } as const;
  const [, lines] = told(
    begun.state,
    [5, failed],
    [50, tick],
    [105, tick],
    [110, failed],
    [210, tick],
    [211, nobody],
  );
  assert.deepEqual(lines, ['look', 'look', 'recall client1 1']);
});

test('a server that never answers ends the campaign', () => {
  const begun = beginCampaign([client(1)], start);
  assert.equal(deadline(begun.state), after(start, longestSilence));
  const [state, lines] = told(begun.state, [30_000, tick]);
  assert.deepEqual(lines, ['over {"recalled":0,"present":0,"left":0,"missing":1}']);
  assert.equal(deadline(state), undefined);
});
