import { Notice } from '../look/notice.tsx';
import { useSession } from '../session/session.ts';
import { useStatus } from '../status/status.ts';
import styles from './standby-notice.module.css';

/** On a standby nothing can be changed: says so, names the active node and leads there. */
export function StandbyNotice() {
  const { status, silent } = useStatus();
  if (silent || status === undefined || status.role !== 'standby') return null;
  if (status.peer === null) return null;
  return (
    <div className={styles['place']}>
      <Notice
        state="neutral"
        title={`${status.node} is standby: what you see here can be read, not changed.`}
      >
        {status.peer.name} is the other node of the pair and takes changes while it is active.{' '}
        <a href={addressOf(status.peer.address)}>Go to {status.peer.name}</a>
        {status.virtualAddress === null ? null : (
          <>
            {' '}
            or to <a href={addressOf(status.virtualAddress.address)}>the shared address</a>
          </>
        )}
        .
      </Notice>
    </div>
  );
}

/** The same page at another address: `10.0.0.100/24` or `fd00::100/64` become a host. */
function addressOf(address: string): string {
  const bare = address.split('/')[0] ?? address;
  const host = bare.includes(':') ? `[${bare}]` : bare;
  const port = location.port === '' ? '' : `:${location.port}`;
  return `https://${host}${port}${location.pathname}`;
}

/** Whether nothing can be changed here: on a standby, while the node is silent, and for whoever may only look. */
export function useReadOnly(): boolean {
  const { status, silent } = useStatus();
  const session = useSession();
  return silent || status?.role === 'standby' || session?.role !== 'administrator';
}
