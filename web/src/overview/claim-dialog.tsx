import { request } from '../api/request.ts';
import { ActionDialog } from '../look/action-dialog.tsx';
import { type StatusView, statusKey } from '../status/status.ts';

interface ClaimDialogProps {
  readonly status: StatusView;
  readonly peer: string;
  readonly onClose: () => void;
}

/** On a standby that does not take over by itself while nobody serves: a person decides that it does. */
export function ClaimDialog({ status, peer, onClose }: ClaimDialogProps) {
  const { node, virtualAddress } = status;
  return (
    <ActionDialog
      title={`Take over on ${node}`}
      submit="Take over"
      grave
      size="lg"
      action={() => request('/failover/claim', { method: 'POST' })}
      done={() => `${node} takes over.`}
      refresh={statusKey}
      onClose={onClose}
    >
      <ul>
        <li>
          {node} takes {virtualAddress?.address.split('/')[0] ?? 'the shared address'} and serves with the
          copy that it has.
        </li>
        <li>
          Changes that only {peer} had are missing: when it returns they are set aside there, and the page
          History lists them.
        </li>
        <li>If {peer} can be brought back soon, nothing has to be decided.</li>
      </ul>
    </ActionDialog>
  );
}
