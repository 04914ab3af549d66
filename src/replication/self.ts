import { type Greeting, oldestProtocolVersion, protocolVersion } from '../core/replication/greeting.ts';
import { schemaVersion } from '../store/migrations.ts';
import type { Store } from '../store/store.ts';

/** Who this node is to the other one. */
export interface Self {
  readonly nodeId: string;
  readonly nodeName: string;
  readonly pairId: string;
  /** The product's version, to show. */
  readonly product: string;
}

export function greetingOf(
  self: Self,
  store: Store,
  role: Greeting['role'],
  wants: Greeting['wants'],
): Greeting {
  return {
    protocol: protocolVersion,
    oldestProtocol: oldestProtocolVersion,
    nodeId: self.nodeId,
    nodeName: self.nodeName,
    pairId: self.pairId,
    role,
    product: self.product,
    schema: schemaVersion,
    head: store.head,
    wants,
  };
}
