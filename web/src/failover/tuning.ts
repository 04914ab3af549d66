import type { FailoverView } from './failover.ts';

export interface SecondPath {
  readonly interface: string;
  readonly address: string;
}

/** What is typed of a pair beside its address, whether it is made or changed. */
export interface Tuning {
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
  readonly takeover: FailoverView['takeover'];
}

export const emptyPath: SecondPath = { interface: '', address: '' };

/** What is in force, or what a pair begins with. */
export function tuningOf(view: FailoverView): Tuning {
  const { nodes, presets } = view;
  const timing = view.timing ?? presets.find(({ name }) => name === 'standard') ?? presets[0];
  const second = nodes.flatMap((node) => (node.second === null ? [] : [node.second]));
  return {
    advertisementIntervalMs: timing?.advertisementIntervalMs ?? 1_000,
    leaseSeconds: timing?.leaseSeconds ?? 2,
    multicast: view.multicast,
    unicast: view.unicast,
    second: nodes.length > 0 && second.length === nodes.length ? second : null,
    gateway: view.gateway,
    preemptDelaySeconds: view.preemptDelaySeconds,
    takeover: view.takeover,
  };
}
