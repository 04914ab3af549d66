import type { FailoverChangeRequest, FailoverView } from './failover.ts';

interface SecondPath {
  readonly interface: string;
  readonly address: string;
}

/** The settings of a pair as they are typed. */
export interface PairDraft {
  readonly virtualAddress: string;
  readonly vhid: number;
  readonly advertisementIntervalMs: number;
  readonly leaseSeconds: number;
  readonly multicast: boolean;
  readonly unicast: boolean;
  /** Of both nodes, in their order; null: none. */
  readonly second: readonly SecondPath[] | null;
  /** `auto`, `off`, an address, or null: as each node's own file says. */
  readonly gateway: string | null;
  /** Null: a node never takes the role back by itself. */
  readonly preemptDelaySeconds: number | null;
  /** The name of the node that has the higher priority. */
  readonly favoured: string;
}

export function draftOf(view: FailoverView): PairDraft {
  const { nodes, timing } = view;
  const [best] = nodes.toSorted((one, other) => other.priority - one.priority);
  const second = nodes.flatMap((node) => (node.second === null ? [] : [node.second]));
  return {
    virtualAddress: view.virtualAddress ?? '',
    vhid: view.vhid ?? 1,
    advertisementIntervalMs: timing?.advertisementIntervalMs ?? 1_000,
    leaseSeconds: timing?.leaseSeconds ?? 2,
    multicast: view.multicast,
    unicast: view.unicast,
    second: second.length === nodes.length ? second : null,
    gateway: view.gateway,
    preemptDelaySeconds: view.preemptDelaySeconds,
    favoured: best?.name ?? '',
  };
}

/** Only what differs from what is in force, as the API takes it. */
export function changesBetween(view: FailoverView, draft: PairDraft): FailoverChangeRequest {
  const before = draftOf(view);
  const { nodes, own } = view;
  const typed = {
    ...draft,
    virtualAddress: draft.virtualAddress.includes('/')
      ? draft.virtualAddress
      : `${draft.virtualAddress}/${own.prefixLength}`,
  };
  const { second, favoured, ...plain } = typed;
  const changed = Object.entries(plain).filter(
    ([name, value]) => value !== before[name as keyof typeof plain],
  );
  const byNode = <Value>(value: (index: number) => Value): Record<string, Value> =>
    Object.fromEntries(nodes.map(({ name }, index) => [name, value(index)]));
  const priorities = nodes.map(({ priority }) => priority);
  return {
    ...Object.fromEntries(changed),
    ...(JSON.stringify(second) === JSON.stringify(before.second)
      ? {}
      : { secondPath: second === null ? null : byNode((index) => second[index] ?? emptyPath) }),
    ...(favoured === before.favoured
      ? {}
      : {
          priorities: byNode((index) =>
            nodes[index]?.name === favoured ? Math.max(...priorities) : Math.min(...priorities),
          ),
        }),
  };
}

export const emptyPath: SecondPath = { interface: '', address: '' };
