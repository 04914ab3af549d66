import type { JournalEntry } from './entry.ts';
import { admitSender, type Greeting } from './greeting.ts';
import type { Complaint, Message, SnapshotOffer } from './messages.ts';
import type { Head } from './position.ts';

/** One connection, seen from the standby: greet, agree where to begin, then follow. */
export type ReceiverState =
  | { readonly phase: 'greeting' }
  | { readonly phase: 'choice' }
  | { readonly phase: 'snapshot'; readonly offer: SnapshotOffer; readonly received: number }
  | { readonly phase: 'tail' }
  | { readonly phase: 'over' };

/** Carried out in order; `end` closes the connection after what was sent before it. */
export type ReceiverEffect =
  | { readonly do: 'send'; readonly message: Message }
  | { readonly do: 'admitted'; readonly sender: Greeting }
  | { readonly do: 'apply'; readonly entry: JournalEntry }
  | { readonly do: 'snapshot-open'; readonly offer: SnapshotOffer }
  | { readonly do: 'snapshot-append'; readonly bytes: Uint8Array }
  | { readonly do: 'snapshot-install'; readonly offer: SnapshotOffer; readonly sha256: string }
  | { readonly do: 'end'; readonly complaint: Complaint };

export interface ReceiverStep {
  readonly state: ReceiverState;
  readonly effects: readonly ReceiverEffect[];
}

export const initialReceiver: ReceiverState = { phase: 'greeting' };

/** One message from the sender; `self` is how we would introduce ourselves at this moment. A message that does not belong in the phase ends the connection. */
export function receive(state: ReceiverState, message: Message, self: Greeting): ReceiverStep {
  if (state.phase === 'over') return { state, effects: [] };
  if (message.kind === 'ping') return { state, effects: [send({ kind: 'pong' })] };
  if (message.kind === 'complaint') return end(message.complaint);
  switch (state.phase) {
    case 'greeting':
      return message.kind === 'greeting' ? greet(message.greeting, self) : unexpected(state, message);
    case 'choice':
      return choose(state, message, self);
    case 'snapshot':
      return collect(state, message);
    case 'tail':
      if (message.kind !== 'entry') return unexpected(state, message);
      return { state, effects: [{ do: 'apply', entry: message.entry }] };
  }
}

/** After `snapshot-install` succeeded: the copy is in place and the entries behind it follow. */
export function installed(state: ReceiverState, head: Head): ReceiverStep {
  if (state.phase !== 'snapshot') return { state, effects: [] };
  return {
    state: { phase: 'tail' },
    effects: [send({ kind: 'acknowledgement', position: head.position })],
  };
}

function greet(sender: Greeting, self: Greeting): ReceiverStep {
  const hello = send({ kind: 'greeting', greeting: self });
  // It serves nobody either, and only asks where this node stands.
  if (sender.role === 'standby') return { state: { phase: 'over' }, effects: [hello] };
  const agreed = admitSender(self, sender);
  if ('code' in agreed) {
    const refused = end(agreed);
    return {
      state: refused.state,
      effects: [hello, send({ kind: 'complaint', complaint: agreed }), ...refused.effects],
    };
  }
  return { state: { phase: 'choice' }, effects: [{ do: 'admitted', sender }, hello] };
}

function choose(state: ReceiverState, message: Message, self: Greeting): ReceiverStep {
  switch (message.kind) {
    case 'tail': {
      const { position } = self.head;
      if (message.after !== position.sequence) return unexpected(state, message);
      // What we already hold is acknowledged at once: it is on our disk.
      return { state: { phase: 'tail' }, effects: [send({ kind: 'acknowledgement', position })] };
    }
    case 'snapshot-begin':
      return {
        state: { phase: 'snapshot', offer: message.offer, received: 0 },
        effects: [{ do: 'snapshot-open', offer: message.offer }],
      };
    default:
      return unexpected(state, message);
  }
}

function collect(state: ReceiverState & { phase: 'snapshot' }, message: Message): ReceiverStep {
  if (message.kind === 'snapshot-chunk') {
    const received = state.received + message.bytes.length;
    if (received > state.offer.bytes) return endWith(damaged('is longer than announced'));
    return {
      state: { ...state, received },
      effects: [{ do: 'snapshot-append', bytes: message.bytes }],
    };
  }
  if (message.kind === 'snapshot-end') {
    if (state.received !== state.offer.bytes) return endWith(damaged('is shorter than announced'));
    return { state, effects: [{ do: 'snapshot-install', offer: state.offer, sha256: message.sha256 }] };
  }
  return unexpected(state, message);
}

function damaged(how: string): Complaint {
  return {
    code: 'replication.snapshot-damaged',
    message: `the copy that arrived ${how}; nothing was replaced`,
    hint: 'The transfer starts over by itself. If this repeats, check the link and the disks.',
  };
}

function unexpected(state: ReceiverState, message: Message): ReceiverStep {
  return endWith({
    code: 'replication.unexpected-message',
    message: `a ${message.kind} message does not belong in the ${state.phase} phase`,
    hint: 'The link starts over by itself. If this repeats, bring both nodes to the same version.',
  });
}

function endWith(complaint: Complaint): ReceiverStep {
  const over = end(complaint);
  return { state: over.state, effects: [send({ kind: 'complaint', complaint }), ...over.effects] };
}

function end(complaint: Complaint): ReceiverStep {
  return { state: { phase: 'over' }, effects: [{ do: 'end', complaint }] };
}

function send(message: Message): ReceiverEffect {
  return { do: 'send', message };
}
