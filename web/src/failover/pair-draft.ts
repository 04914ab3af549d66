import type { FailoverChangeRequest, FailoverView } from './failover.ts';
import { emptyPath, type Tuning, tuningOf } from './tuning.ts';

/** The settings of a pair as they are typed. */
export interface PairDraft extends Tuning {
  readonly virtualAddress: string;
  /** Empty: none. */
  readonly address6: string;
  readonly vhid: number;
  /** The name of the node that has the higher priority. */
  readonly favoured: string;
}

export function draftOf(view: FailoverView): PairDraft {
  const [best] = view.nodes.toSorted((one, other) => other.priority - one.priority);
  return {
    ...tuningOf(view),
    virtualAddress: view.virtualAddress ?? '',
    address6: view.address6 ?? '',
    vhid: view.vhid ?? 1,
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
  const { second, favoured, address6, ...plain } = typed;
  const changed = Object.entries(plain).filter(
    ([name, value]) => value !== before[name as keyof typeof plain],
  );
  const byNode = <Value>(value: (index: number) => Value): Record<string, Value> =>
    Object.fromEntries(nodes.map(({ name }, index) => [name, value(index)]));
  const priorities = nodes.map(({ priority }) => priority);
  return {
    ...Object.fromEntries(changed),
    ...(address6 === before.address6 ? {} : { address6: address6 === '' ? null : address6 }),
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
