import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '../../../lab/demo/until.ts';
import { type Connected, connectedPair, countRecalls, disconnect } from './recall-lab.ts';
import { changeAddress, changePort } from './roaming.ts';

/** Without a call the client comes back after 4 s and a pause. The bar of 100 ms is for a machine with nothing else to do. */
const moves = 7;
const medianBoundMs = Number(process.env['TANDEM_ROAMING_MS'] ?? 1_000);

let connected: Connected;
before(async () => {
  connected = await connectedPair('roaming');
});
after(() => disconnect(connected));

async function gapOf(move: () => Promise<void>): Promise<number> {
  const { tunnel } = connected;
  const startMs = Date.now();
  await move();
  await until(() => Date.now() > startMs + 1_500 && tunnel.answersWithin(300) > 10, 20_000, 'the tunnel');
  return tunnel.longestGapMs(startMs);
}

test('a client that changes its address or port in mid-session goes on, median of seven', async (context) => {
  const { lab, client, tunnel } = connected;
  const recalls = await countRecalls(lab);
  const questions = client.passwordQuestions;
  const gaps: number[] = [];
  for (let move = 0; move < moves; move += 1) {
    gaps.push(
      await gapOf(() => (move % 2 === 0 ? changeAddress(lab, 61 + move) : changePort(lab, 50_000 + move))),
    );
  }
  context.diagnostic(`gaps in ms: ${gaps.map(Math.round).join(' ')}`);
  const median = gaps.toSorted((a, b) => a - b)[Math.floor(moves / 2)]!;
  assert.ok(median <= medianBoundMs, `median ${median} ms of ${gaps.join(' ')}`);
  const calls = await recalls();
  assert.ok(calls >= moves / 2 && calls <= 2 * moves, `${calls} calls`);
  assert.equal(client.passwordQuestions, questions);
  assert.ok(tunnel.answersWithin(300) > 10);
});
