import { falseTakeovers } from './calm.ts';
import type { ContenderName } from './contenders.ts';
import { cost } from './cost.ts';
import { gap } from './gap.ts';
import { owners } from './owners.ts';

export const PARTS = ['takeover', 'leave', 'owners', 'busy', 'idle', 'cost'] as const;
export type Part = (typeof PARTS)[number];

/** What one run of a case found: a figure under the words of its line in the table. */
type Found = Readonly<Record<string, number>>;

/** One line of the comparison, for each contender. */
export interface Case {
  readonly part: Part;
  readonly intervalMs: number;
  readonly contenders: readonly ContenderName[];
  /** All contenders at the same time, where that does not disturb: minutes in which nothing happens. */
  readonly together?: boolean;
  readonly measure: (contender: ContenderName) => Promise<Found>;
}

export interface Effort {
  /** Of one run under load, idle or while the costs are taken. */
  readonly seconds: number;
  readonly loops: number;
}

const vrrp: readonly ContenderName[] = ['tandem', 'keepalived'];
const all: readonly ContenderName[] = [...vrrp, 'ucarp'];

/** ucarp takes part where whole seconds do. */
export function casesOf({ seconds, loops }: Effort): readonly Case[] {
  return [
    ...[1000, 100, 10].map((intervalMs) => gapCase('takeover', 'power', intervalMs)),
    ...[1000, 100].map((intervalMs) => gapCase('leave', 'stop', intervalMs)),
    ...(['kill', 'freeze'] as const).flatMap((event) => [
      ownersCase(event, 100, vrrp),
      ownersCase(event, 1000, ['ucarp']),
    ]),
    ...[100, 30, 10].map((intervalMs) => calmCase('busy', intervalMs, seconds, loops)),
    calmCase('idle', 10, seconds, 0),
    {
      part: 'cost',
      intervalMs: 100,
      contenders: vrrp,
      measure: async (contender) => {
        const { residentMegabytes, processorPercent } = await cost(contender, 100, seconds);
        return { 'resident memory, MB': residentMegabytes, 'processor time, % of a core': processorPercent };
      },
    },
  ];
}

function gapCase(part: Part, event: 'power' | 'stop', intervalMs: number): Case {
  const text = `${event === 'power' ? 'power loss' : 'graceful stop'}, ms without an answer`;
  return {
    part,
    intervalMs,
    contenders: intervalMs >= 1000 ? all : vrrp,
    measure: async (contender) => ({ [text]: await gap(contender, event, intervalMs) }),
  };
}

function ownersCase(
  event: 'kill' | 'freeze',
  intervalMs: number,
  contenders: readonly ContenderName[],
): Case {
  const text = `${event === 'kill' ? 'SIGKILL' : 'SIGSTOP'} of the active, owners after lease + 200 ms`;
  return {
    part: 'owners',
    intervalMs,
    contenders,
    measure: async (contender) => ({ [text]: await owners(contender, event, intervalMs) }),
  };
}

function calmCase(part: Part, intervalMs: number, seconds: number, loops: number): Case {
  const text = `${loops === 0 ? 'idle' : `${loops} busy loops`}, false takeovers in ${seconds} s`;
  return {
    part,
    intervalMs,
    contenders: vrrp,
    together: loops === 0,
    measure: async (contender) => ({ [text]: await falseTakeovers(contender, intervalMs, seconds, loops) }),
  };
}
