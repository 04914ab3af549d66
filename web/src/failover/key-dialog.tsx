import { ActionDialog } from '../look/action-dialog.tsx';
import { failoverKey, rotateHeartbeatKey } from './failover.ts';

/** Both heartbeats get another key by which they believe each other. */
export function KeyDialog({ onClose }: { onClose: () => void }) {
  return (
    <ActionDialog
      title="A new heartbeat key"
      submit="Change the key"
      action={rotateHeartbeatKey}
      done={({ sentence }) => sentence}
      refresh={failoverKey}
      onClose={onClose}
    >
      <p>
        By this key the nodes believe each other’s heartbeat. Both take a new one and stop believing the old
        one, without a gap: nobody who is connected notices.
      </p>
    </ActionDialog>
  );
}
