import { formatPosition, type Head } from './position.ts';

/** The protocol this build speaks, and the oldest it still understands. */
export const protocolVersion = 1;
export const oldestProtocolVersion = 1;

/** What each side says of itself before anything else. */
export interface Greeting {
  readonly protocol: number;
  readonly oldestProtocol: number;
  readonly nodeId: string;
  /** What people call the node; only shown. */
  readonly nodeName: string;
  readonly pairId: string;
  readonly role: 'active' | 'standby';
  /** The product's version, to show. */
  readonly product: string;
  /** The store's schema version (`PRAGMA user_version`). */
  readonly schema: number;
  readonly head: Head;
  /** The standby asks for a whole copy, for example because its own was found damaged. */
  readonly wants: 'whatever' | 'snapshot';
}

type RefusalCode =
  | 'replication.protocol'
  | 'replication.wrong-pair'
  | 'replication.same-node'
  | 'replication.both-active'
  | 'replication.stale-active'
  | 'replication.schema-older';

/** Why the two must not talk; goes to the other side as it is. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly message: string;
  readonly hint: string;
}

/** What both sides check of each other. Returns the protocol version to speak, or why not. */
export function negotiate(own: Greeting, peer: Greeting): { readonly protocol: number } | Refusal {
  const protocol = Math.min(own.protocol, peer.protocol);
  if (protocol < own.oldestProtocol || protocol < peer.oldestProtocol) {
    return {
      code: 'replication.protocol',
      message: `${own.nodeName} (Tandem ${own.product}) and ${peer.nodeName} (Tandem ${peer.product}) share no replication protocol`,
      hint: 'Upgrade the older of the two nodes.',
    };
  }
  if (own.pairId !== peer.pairId) {
    return {
      code: 'replication.wrong-pair',
      message: `${peer.nodeName} belongs to another pair than ${own.nodeName}`,
      hint: 'Check the peer address in the failover settings of both nodes, or pair them again.',
    };
  }
  if (own.nodeId === peer.nodeId) {
    return {
      code: 'replication.same-node',
      message: `both ends call themselves ${own.nodeName}`,
      hint: 'A copied machine keeps the node id of its original: pair the copy again as a new node.',
    };
  }
  return { protocol };
}

/**
 * Whether a standby admits this active (I3, I4). Both sides ask this, with the same two greetings, so both know. A sender whose epoch is older than what the standby already holds
 * was displaced while it was away: what it has must not overwrite what came after it.
 */
export function admitSender(own: Greeting, sender: Greeting): { readonly protocol: number } | Refusal {
  const agreed = negotiate(own, sender);
  if ('code' in agreed) return agreed;
  if (own.role === 'active') {
    return {
      code: 'replication.both-active',
      message: `${own.nodeName} is active itself and takes no changes from ${sender.nodeName}`,
      hint: 'Only one node may serve: look at `tandem status` on both.',
    };
  }
  if (sender.head.position.epoch < own.head.position.epoch) {
    return {
      code: 'replication.stale-active',
      message:
        `${sender.nodeName} serves at position ${formatPosition(sender.head.position)}, but ${own.nodeName} already holds ` +
        `${formatPosition(own.head.position)}, written after a later promotion`,
      hint: `Make ${own.nodeName} active (\`tandem switchover\`), or let ${sender.nodeName} open a later epoch and quarantine what only ${own.nodeName} has.`,
    };
  }
  if (sender.schema > own.schema) {
    return {
      code: 'replication.schema-older',
      message: `${own.nodeName} knows data format ${own.schema}, ${sender.nodeName} already writes ${sender.schema}`,
      hint: `Upgrade ${own.nodeName} to Tandem ${sender.product}.`,
    };
  }
  return agreed;
}
