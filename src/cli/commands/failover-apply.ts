import type { Command } from 'commander';
import {
  type FailoverChangeRequest,
  type FailoverChangeView,
  failoverChangeRequestSchema,
  failoverChangeViewSchema,
} from '../../api/failover-contract.ts';
import { TandemError } from '../../core/errors.ts';
import { callApi } from '../api-client.ts';
import { exitCode } from '../exit-codes.ts';
import { print, table } from '../output.ts';
import { wholeNumber } from '../pair-options.ts';
import {
  addTuningOptions,
  notUnderstood,
  optionalNumber,
  readTuning,
  type TuningOptions,
} from '../tuning-options.ts';

interface ApplyOptions extends TuningOptions {
  readonly virtualAddress?: string;
  readonly address6?: string;
  readonly vhid?: string;
  readonly priority?: readonly string[];
  readonly dryRun?: true;
  readonly json?: true;
}

const askEveryMs = 200;
const marks = { pending: ' ', running: '…', done: '✓', failed: '✗' } as const;

/** Under `tandem failover`: what both nodes must have alike is changed on both, or on neither. */
export function addFailoverChanges(failover: Command): void {
  const apply = failover
    .command('apply')
    .description('change the pair on both nodes in two phases, or on neither; what is not named stays')
    .option('--virtual-address <address/prefix>', 'another shared address, such as 10.0.0.101/24')
    .option('--address6 <address/prefix>', "a shared IPv6 address beside it, or 'none'")
    .option('--vhid <number>', 'another number 1-255 of the pair');
  addTuningOptions(apply, "by name, or 'none'")
    .option('--priority <node=number...>', 'who wins where both claim at the same moment, 1-254')
    .option('--dry-run', 'say what would change and who would notice, and change nothing')
    .option('--json', 'print JSON')
    .action(async (options: ApplyOptions) => {
      const answer = await changed(requestOf(options));
      const view = answer.state === 'running' ? await followed(options.json !== true) : answer;
      finish(view, options.json === true, () =>
        view.state === 'planned' ? planInWords(view) : `${planInWords(view)}\n${view.sentence}`,
      );
    });

  failover
    .command('rotate-key')
    .description('give both heartbeats another key, without a gap')
    .option('--json', 'print JSON')
    .action(async (options: { json?: true }) => {
      const view = failoverChangeViewSchema.parse(await callApi('POST', '/failover/key'));
      finish(view, options.json === true, () => `Another heartbeat key: ${view.sentence}`);
    });
}

function finish(view: FailoverChangeView, json: boolean, words: () => string): void {
  if (view.error !== null) throw new TandemError({ ...view.error, culprit: 'operator' });
  print(json, view, words);
  if (view.state === 'waiting') process.exitCode = exitCode.temporary;
}

async function changed(request: FailoverChangeRequest): Promise<FailoverChangeView> {
  return failoverChangeViewSchema.parse(await callApi('PATCH', '/failover', request));
}

/** Until it has ended, telling each step as soon as it is done. */
async function followed(aloud: boolean): Promise<FailoverChangeView> {
  const said = new Set<string>();
  for (;;) {
    const view = failoverChangeViewSchema.parse(await callApi('GET', '/failover/change'));
    for (const { title, state } of view.steps) {
      if (state === 'pending' || state === 'running' || said.has(title)) continue;
      said.add(title);
      if (aloud) process.stdout.write(`${marks[state]} ${title}\n`);
    }
    if (view.state !== 'running') return view;
    await new Promise((resolve) => setTimeout(resolve, askEveryMs));
  }
}

function planInWords(view: FailoverChangeView): string {
  return [
    table(
      ['WHAT', 'BEFORE', 'AFTER'],
      view.changes.map(({ label, before, after }) => [label, before, after]),
    ),
    ...view.notices,
  ].join('\n');
}

/** @throws TandemError `cli.not-a-number`, `cli.not-understood` */
function requestOf(options: ApplyOptions): FailoverChangeRequest {
  const { virtualAddress, address6, vhid, priority, dryRun } = options;
  const given: Record<string, unknown> = {
    ...readTuning(options),
    virtualAddress,
    address6: address6 === 'none' ? null : address6,
    vhid: optionalNumber('--vhid', vhid),
    priorities: priority === undefined ? undefined : prioritiesOf(priority),
    dryRun,
  };
  const request = failoverChangeRequestSchema.safeParse(given);
  if (request.success) return request.data;
  const [issue] = request.error.issues;
  throw notUnderstood(`${issue?.path.join('.') ?? 'the request'}: ${issue?.message ?? 'not right'}`);
}

function prioritiesOf(words: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    words.map((word) => {
      const [, node, value] = /^([^=]+)=(.+)$/.exec(word) ?? [];
      if (node === undefined || value === undefined)
        throw notUnderstood(`--priority is node=number, not ${word}`);
      return [node, wholeNumber('--priority', value)];
    }),
  );
}
