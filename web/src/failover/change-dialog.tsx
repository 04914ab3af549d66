import { Button, Group, Modal, Table } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import dialog from '../look/action-dialog.module.css';
import { Notice, Problem } from '../look/notice.tsx';
import { wayTo } from '../session/elsewhere.ts';
import {
  changePair,
  type FailoverChangeRequest,
  type FailoverChangeView,
  type FailoverView,
  failoverKey,
  useChange,
} from './failover.ts';
import { MakingSteps } from './making-steps.tsx';

interface ChangeDialogProps {
  readonly changes: FailoverChangeRequest;
  readonly view: FailoverView;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** Says what would change and who notices, then changes both nodes, or neither, and shows how far it is. */
export function ChangeDialog({ changes, view, onDone, onClose }: ChangeDialogProps) {
  const client = useQueryClient();
  const [place, setPlace] = useState<string | undefined>();
  const preview = useQuery({
    queryKey: [...failoverKey, 'preview', changes],
    queryFn: () => changePair({ ...changes, dryRun: true }),
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
  const begin = useMutation({
    mutationFn: async () => {
      const { virtualAddress } = changes;
      const leaves = virtualAddress !== undefined && location.hostname === bare(view.virtualAddress ?? '');
      // Before the address goes, and with it the way to ask.
      if (leaves) setPlace(await wayTo(bare(virtualAddress)));
      return changePair(changes);
    },
  });
  const run = useChange(begin.data !== undefined);
  const now = run.data ?? begin.data;
  const ended = begin.data !== undefined && now !== undefined && now.state !== 'running';
  const made = ended && now.state !== 'failed';
  // Nobody answers at the old address any more: the change has come so far that the new one is there.
  const gone = place !== undefined && run.failureCount > 2;
  useEffect(() => {
    if (place !== undefined && (made || gone)) location.assign(place);
  }, [place, made, gone]);
  const running = begin.isPending || (begin.data !== undefined && !ended);
  const close = (): void => {
    if (running) return;
    if (made) onDone();
    void client.invalidateQueries({ queryKey: failoverKey, exact: true });
    onClose();
  };
  return (
    <Modal
      opened
      onClose={close}
      withCloseButton={!running}
      title="What this changes"
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <div className={dialog['body']}>
        {begin.data === undefined ? (
          preview.data === undefined ? null : (
            <Planned plan={preview.data} />
          )
        ) : now === undefined ? null : (
          <>
            <MakingSteps steps={now.steps} />
            {ended ? <Ended view={now} /> : null}
          </>
        )}
        <Problem error={preview.error ?? begin.error} />
        <Group justify="flex-end">
          {ended ? (
            <Button variant="filled" onClick={close}>
              Close
            </Button>
          ) : (
            <>
              <Button disabled={running} onClick={close}>
                Back
              </Button>
              <Button
                variant="filled"
                loading={running}
                disabled={preview.data === undefined}
                onClick={() => begin.mutate()}
              >
                Change both nodes
              </Button>
            </>
          )}
        </Group>
      </div>
    </Modal>
  );
}

function Planned({ plan }: { plan: FailoverChangeView }) {
  return (
    <>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Setting</Table.Th>
            <Table.Th>Now</Table.Th>
            <Table.Th>Then</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {plan.changes.map(({ field, label, before, after }) => (
            <Table.Tr key={field}>
              <Table.Td>{capital(label)}</Table.Td>
              <Table.Td>{before}</Table.Td>
              <Table.Td>{after}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {plan.reconnecting === 0 ? null : (
        <Notice
          state="warning"
          title={
            plan.reconnecting === 1
              ? 'One connected client reconnects.'
              : `${plan.reconnecting} connected clients reconnect.`
          }
        />
      )}
      <ul>
        {plan.notices.map((words) => (
          <li key={words}>{capital(words)}.</li>
        ))}
        <li>Either both nodes have it in the end, or neither.</li>
      </ul>
    </>
  );
}

function Ended({ view }: { view: FailoverChangeView }) {
  if (view.state === 'failed')
    return (
      <Notice state="bad" title={view.error?.message ?? view.sentence} announce>
        {view.error?.hint}
      </Notice>
    );
  return (
    <Notice state={view.state === 'done' ? 'good' : 'warning'} title={capital(view.sentence)} announce />
  );
}

function bare(address: string): string {
  return address.split('/')[0] ?? address;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
