import { Button, Group, Modal } from '@mantine/core';
import dialog from '../look/action-dialog.module.css';
import type { ConfirmedKey } from './wish.ts';

interface HostKeyDialogProps {
  readonly presented: ConfirmedKey;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** As ssh asks: is this the machine? Before anybody's password is sent there. */
export function HostKeyDialog({ presented, onConfirm, onClose }: HostKeyDialogProps) {
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Is this ${presented.address}?`}
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <div className={dialog['body']}>
        <p>
          The machine at {presented.address}, port {presented.port}, presents this SSH host key (ED25519):
        </p>
        <p className="mono" data-testid="fingerprint">
          {presented.fingerprint}
        </p>
        <p>Compare it there, at its own screen. It should print the same:</p>
        <p className="mono">ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub</p>
        <p>Nothing is sent before you confirm it. From then on a machine with another key gets nothing.</p>
        <Group justify="flex-end">
          <Button onClick={onClose}>It is not</Button>
          <Button variant="filled" onClick={onConfirm}>
            It is the same
          </Button>
        </Group>
      </div>
    </Modal>
  );
}
