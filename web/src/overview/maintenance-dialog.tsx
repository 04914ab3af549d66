import type { MaintenanceAnswer } from '../../../src/api/maintenance-contract.ts';
import { request } from '../api/request.ts';
import { ActionDialog } from '../look/action-dialog.tsx';
import { type StatusView, statusKey } from '../status/status.ts';
import { useMovedAway } from './use-moved-away.ts';

interface MaintenanceDialogProps {
  readonly status: StatusView;
  readonly peer: string;
  /** Whether the node is in maintenance now. */
  readonly on: boolean;
  readonly onClose: () => void;
}

/** Takes the node one is connected to out of the game for a while, or back in, and says what that means before. */
export function MaintenanceDialog({ status, peer, on, onClose }: MaintenanceDialogProps) {
  useMovedAway(status, onClose);
  const { node } = status;
  return (
    <ActionDialog
      title={on ? `End the maintenance of ${node}` : `Maintenance of ${node}`}
      submit={on ? 'End maintenance' : status.role === 'active' ? 'Hand over and begin' : 'Begin maintenance'}
      action={() =>
        request<MaintenanceAnswer>('/maintenance', { method: 'PUT', body: { on: !on }, timeoutMs: 60_000 })
      }
      done={() => (on ? `${node} takes over again when it has to.` : `${node} is in maintenance.`)}
      refresh={statusKey}
      onClose={onClose}
    >
      {on ? (
        <p>
          {node} takes over again when {peer} fails. Nobody who is connected notices.
        </p>
      ) : (
        <ul>
          {status.role === 'active' ? (
            <li>
              First {peer} takes over, as with a switchover: clients are called over, without a new login. If{' '}
              {peer} is not ready, it is refused and nothing changes.
            </li>
          ) : (
            <li>{peer} stays active; nobody who is connected notices.</li>
          )}
          <li>
            Then {node} takes over only if nobody else serves: it can be updated and restarted. It still
            receives every change.
          </li>
          <li>
            This stays so, also after a restart, until it is ended on {node}’s own page at {status.address}.
          </li>
        </ul>
      )}
    </ActionDialog>
  );
}
