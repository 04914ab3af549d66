import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Random } from '../../random.ts';
import { live } from './story.ts';

/** SEEDS=N lives N lives, SEED=N lives one. */
const count = Number(process.env['SEEDS'] ?? 2000);
const only = process.env['SEED'];

describe('simulation of whole virtual routers', () => {
  it(`${only === undefined ? `${count} seeds` : `seed ${only}`} keep every promise`, () => {
    const seeds = only === undefined ? Array.from({ length: count }, (_, seed) => seed) : [Number(only)];
    for (const seed of seeds) live(seed);
  });

  it('the same seed is the same sequence', () => {
    const draw = (): number[] => {
      const random = new Random(7);
      return Array.from({ length: 5 }, () => random.whole(0, 1000));
    };
    assert.deepEqual(draw(), draw());
  });
});
