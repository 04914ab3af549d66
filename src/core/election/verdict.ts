import { type GatewayState, gatewayText } from './gateway.ts';
import { type ServiceState, serviceText } from './service.ts';
import type { TakeoverPolicy } from './sync.ts';

/** What is known about this node and around it when it is asked whether it may serve. */
export interface Facts {
  readonly priority: number;
  /** The interface of the virtual address first, then those of `track.interfaces`. */
  readonly interfaces: readonly { readonly name: string; readonly up: boolean }[];
  readonly gateway: GatewayState;
  /** Another node advertised on some path within the down interval, or its machine answers. */
  readonly peerHeard: boolean;
  /** Why nothing that this node sends leaves it; undefined as long as something does. */
  readonly mute: string | undefined;
  readonly service: ServiceState;
  readonly maintenance: boolean;
  /** What holds for a node that does not serve and whose copy is not known to have every change; undefined where it has. */
  readonly outOfSync?: TakeoverPolicy | undefined;
}

/**
 * `serve`: takes part as any other node. `last`: takes over only when nobody else serves, and leaves when somebody
 * else can. `follow`: listens, and takes over from nobody by itself. `never`: takes no part at all.
 */
export type Standing = 'serve' | 'last' | 'follow' | 'never';

export interface Verdict {
  readonly standing: Standing;
  /** What is advertised. */
  readonly effectivePriority: number;
  /** Why it is not `serve` with the configured priority; halves of sentences. */
  readonly reasons: readonly string[];
  /** Its copy is not known to have every change: it takes the role from no node that serves, whatever the priorities. */
  readonly outOfSync?: true;
}

/** The lowest priority there is but that of a node that leaves. */
const LAST_PRIORITY = 1;

/** Who may serve. The one function that decides it; DESIGN rules in the order of their weight. */
export function judge(facts: Facts): Verdict {
  const down = facts.interfaces.filter(({ up }) => !up).map(({ name }) => `${name} has no link`);
  if (down.length > 0) return { standing: 'never', effectivePriority: facts.priority, reasons: down };
  // Who cannot say that it serves must not: the others would not know, and its lease would end again and again.
  if (facts.mute !== undefined) {
    const reasons = [`nothing that it sends leaves this node: ${facts.mute}`];
    return { standing: 'never', effectivePriority: facts.priority, reasons };
  }
  const gatewayGone = facts.gateway.kind === 'gone';
  // Nobody answers on any side: whoever is still connected to the others must not find two owners later.
  if (gatewayGone && !facts.peerHeard) {
    const reasons = ['it is isolated: no other node is heard', gatewayText(facts.gateway)];
    return { standing: 'never', effectivePriority: facts.priority, reasons };
  }
  const verdict = judgeService(facts);
  if (facts.outOfSync === undefined) return verdict;
  if (facts.outOfSync === 'always') return { ...verdict, outOfSync: true };
  const reasons = ['its copy is not known to have every change', ...verdict.reasons];
  return { standing: 'follow', effectivePriority: facts.priority, reasons, outOfSync: true };
}

function judgeService(facts: Facts): Verdict {
  const reasons = [
    ...(facts.gateway.kind === 'gone' ? [gatewayText(facts.gateway)] : []),
    ...(facts.service.kind === 'broken' ? [serviceText(facts.service)] : []),
    ...(facts.maintenance ? ['it is in maintenance'] : []),
  ];
  if (reasons.length > 0) return { standing: 'last', effectivePriority: LAST_PRIORITY, reasons };
  return mayServe(facts.priority);
}

/** The verdict on a node about which nothing speaks against it. */
export function mayServe(priority: number): Verdict {
  return { standing: 'serve', effectivePriority: priority, reasons: [] };
}

export function sameVerdict(a: Verdict, b: Verdict): boolean {
  return (
    a.standing === b.standing &&
    a.effectivePriority === b.effectivePriority &&
    a.outOfSync === b.outOfSync &&
    a.reasons.length === b.reasons.length &&
    a.reasons.every((reason, index) => reason === b.reasons[index])
  );
}
