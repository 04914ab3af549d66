/** Runs cases of the crash matrix and prints one JSON line each. In a mount namespace of its own. Arguments: directory seed runs. */
import { mkdirSync, rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { Random } from '../../../random.ts';
import { allCases, type Case } from './cases.ts';
import { MatrixPair } from './pair.ts';

const [directory = '', seedText = '1', runsText = '1'] = process.argv.slice(2);
const seed = Number(seedText);
const random = new Random(seed);
const runs = Number(runsText);
const onlyText = process.env['MATRIX_ONLY'];
/** A pair starts over after so many runs, so that its journal stays small. */
const runsOfOnePair = 25;
const longestRunMs = 60_000;

let queue: Case[] = [];
let pair: MatrixPair | undefined;
for (let index = 0; index < runs; index++) {
  if (queue.length === 0)
    queue = random.shuffled(allCases()).filter((one) => !onlyText || JSON.stringify(one).includes(onlyText));
  const one = queue.shift()!;
  const began = performance.now();
  try {
    if (pair === undefined || index % runsOfOnePair === 0) {
      await pair?.stop();
      const workspace = `${directory}/${index}`;
      mkdirSync(workspace, { recursive: true });
      pair = new MatrixPair(workspace, random);
      await pair.start();
    }
    const result = await Promise.race([pair.run(one), tooLong()]);
    say({ index, seed, ...one, ...result, ms: Math.round(performance.now() - began) });
  } catch (error) {
    const failure = error instanceof Error ? `${error.message}\n${error.stack}` : String(error);
    say({ index, seed, ...one, failure, ms: Math.round(performance.now() - began) });
    await pair?.stop();
    pair = undefined;
    process.exitCode = 1;
  }
}
await pair?.stop();
rmSync(directory, { recursive: true, force: true, maxRetries: 0 });
process.exit();

/** No run may hang: what waits for ever is a finding. */
async function tooLong(): Promise<never> {
  await pause(longestRunMs, undefined, { ref: false });
  throw new Error(`the run did not end within ${longestRunMs} ms: ${await pair?.describe()}`);
}

function say(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
