import { Link } from 'react-router';
import { type State, StateMark } from '../look/state-mark.tsx';
import { spanText } from '../look/time.tsx';
import { useNow } from '../look/use-now.ts';
import { type Observation, useStatus } from '../status/status.ts';
import styles from './status-strip.module.css';

interface Reading {
  readonly state: State;
  readonly text: string;
}

/** Role, address and protection in one line, on every page; read out when it changes. */
export function StatusStrip() {
  const observation = useStatus();
  const now = useNow();
  return (
    <Link to="/" className={styles['strip'] ?? ''} aria-live="polite" aria-atomic="true">
      {readings(observation, now).map(({ state, text }) => (
        <span key={text} className={styles['reading']}>
          <StateMark state={state} />
          <span>{text}</span>
        </span>
      ))}
    </Link>
  );
}

function readings({ status, silent, answeredAt }: Observation, now: number): readonly Reading[] {
  if (silent) {
    const since = answeredAt === 0 ? '' : ` for ${spanText(now - answeredAt)}`;
    return [{ state: 'bad', text: `The node does not answer${since}; trying again` }];
  }
  if (status === undefined) return [];
  const role: Reading = { state: 'neutral', text: `${status.node} is ${status.role}` };
  const address = status.virtualAddress;
  if (status.peer === null) return [role, { state: 'warning', text: 'Not paired' }];
  if (status.role === 'standby') {
    return [
      role,
      status.peer.connected
        ? { state: 'good', text: `follows ${status.peer.name}` }
        : { state: 'bad', text: `hears nothing of ${status.peer.name}` },
    ];
  }
  return [
    role,
    ...(address === null
      ? []
      : [
          address.held
            ? ({ state: 'good', text: address.address } as const)
            : ({ state: 'bad', text: `${address.address} not held` } as const),
        ]),
    status.protected ? { state: 'good', text: 'Protected' } : { state: 'bad', text: 'Not protected' },
  ];
}
