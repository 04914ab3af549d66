import { Button, Group, Modal } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { SwitchoverAnswer } from '../../../src/api/contract.ts';
import { request } from '../api/request.ts';
import { Notice, Problem } from '../look/notice.tsx';
import { sayDone } from '../look/said.ts';
import { type StatusView, statusKey } from '../status/status.ts';
import styles from './move-dialog.module.css';
import { useMovedAway } from './use-moved-away.ts';

/** Says what a switchover does before it is done, and why it cannot be done when it cannot. */
export function MoveDialog({
  status,
  peer,
  onClose,
}: {
  status: StatusView;
  peer: string;
  onClose: () => void;
}) {
  useMovedAway(status, onClose);
  const client = useQueryClient();
  const move = useMutation({
    mutationFn: () => request<SwitchoverAnswer>('/switchover', { method: 'POST', timeoutMs: 60_000 }),
    onSuccess: (answer) => {
      sayDone(`${answer.to} is active now; ${answer.from} is standby.`);
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: statusKey }),
  });
  const clients = status.openvpn.reduce((sum, one) => sum + one.clients, 0);
  const ready = status.protected && status.peer?.connected === true;
  return (
    <Modal opened onClose={onClose} title={`Switch over to ${peer}`} size="lg">
      <div className={styles['body']}>
        <ul className={styles['list']}>
          <li>
            {peer} takes {status.virtualAddress?.address.split('/')[0] ?? 'the shared address'} and serves;{' '}
            {status.node} becomes standby and keeps running.
          </li>
          <li>Changes wait for a moment, until the last one is on {peer}: nothing is lost.</li>
          <li>
            {clients === 0
              ? 'Nobody is connected to the VPN now.'
              : `${clients === 1 ? 'One client is' : `${clients} clients are`} called over to ${peer}: same VPN address, no new login, a short pause in the traffic.`}
          </li>
          <li>This page loses its connection for a moment and comes back by itself.</li>
          <li>
            If {peer} does not take over, {status.node} takes the role back and says why.
          </li>
        </ul>
        {ready ? null : (
          <Notice state="warning" title={`${peer} is not ready: it will be refused as long as this is so.`}>
            {status.peer?.sentence}
          </Notice>
        )}
        <Problem error={move.error} />
        <Group justify="flex-end">
          <Button onClick={onClose}>Stay as it is</Button>
          <Button variant="filled" loading={move.isPending} onClick={() => move.mutate()}>
            Switch over
          </Button>
        </Group>
      </div>
    </Modal>
  );
}
