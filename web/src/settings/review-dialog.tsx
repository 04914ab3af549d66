import { Button, Group, Modal } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import dialog from '../look/action-dialog.module.css';
import { Notice, Problem } from '../look/notice.tsx';
import { sayDone } from '../look/said.ts';
import { type ConsequenceView, changeVpnSettings, type VpnSettings, vpnSettingsKey } from './settings.ts';

interface ReviewDialogProps {
  readonly changes: Partial<VpnSettings>;
  readonly onSaved: () => void;
  readonly onClose: () => void;
}

/** Asks the node what the change would do, says it, and only then changes. */
export function ReviewDialog({ changes, onSaved, onClose }: ReviewDialogProps) {
  const client = useQueryClient();
  const preview = useQuery({
    queryKey: ['settings', 'preview', changes],
    queryFn: () => changeVpnSettings(changes, true),
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
  const save = useMutation({
    mutationFn: () => changeVpnSettings(changes, false),
    onSuccess: (answer) => {
      sayDone('The settings are saved.', answer);
      onSaved();
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: vpnSettingsKey }),
  });
  const interrupted = Math.max(0, ...(preview.data?.consequences ?? []).map(({ clients }) => clients));
  return (
    <Modal
      opened
      onClose={onClose}
      title="What this changes"
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <div className={dialog['body']}>
        {preview.data === undefined ? null : (
          <Consequences consequences={preview.data.consequences} clients={interrupted} />
        )}
        <Problem error={preview.error ?? save.error} />
        <Group justify="flex-end">
          <Button onClick={onClose}>Back</Button>
          <Button
            variant="filled"
            disabled={preview.data === undefined}
            loading={save.isPending}
            onClick={() => save.mutate()}
          >
            {interrupted > 0 ? 'Save and interrupt' : 'Save'}
          </Button>
        </Group>
      </div>
    </Modal>
  );
}

function Consequences({
  consequences,
  clients,
}: {
  consequences: readonly ConsequenceView[];
  clients: number;
}) {
  const interrupts = consequences.some((one) => one.interrupts);
  return (
    <>
      {interrupts ? (
        <Notice
          state="warning"
          title={
            clients === 0
              ? 'Connected clients would be interrupted; nobody is connected now.'
              : `${clients === 1 ? 'One connected client is' : `${clients} connected clients are`} interrupted for a moment.`
          }
        />
      ) : (
        <Notice state="good" title="Nobody who is connected is interrupted." />
      )}
      {consequences.length === 0 ? null : (
        <ul>
          {consequences.map(({ words }) => (
            <li key={words}>{words}</li>
          ))}
        </ul>
      )}
    </>
  );
}
