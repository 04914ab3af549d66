import type { NodeConfig } from './node.ts';
import type { SettingsSource } from './read.ts';

/** Holds the id of the failover node that was left alone for good: it serves without a pair from then on. */
export const primaryNodeName = 'primary-node';

/** Whether this node serves where there is no pair: set up as primary, or left alone by the one that was. */
export function isPrimary({
  config,
  store,
}: {
  readonly config: Pick<NodeConfig, 'nodeId' | 'start'>;
  readonly store: SettingsSource;
}): boolean {
  return config.start === 'primary' || store.settings.get(primaryNodeName) === config.nodeId;
}
