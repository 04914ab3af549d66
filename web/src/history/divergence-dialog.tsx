import { Button, Group, Modal, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import dialog from '../look/action-dialog.module.css';
import { Problem } from '../look/notice.tsx';
import { Moment } from '../look/time.tsx';
import { useReadOnly } from '../shell/standby-notice.tsx';
import styles from './history.module.css';
import { discard, divergencesKey, reapply, useDivergence } from './history.ts';

/** The changes one by one, each with who made it, and what is to become of it. */
export function DivergenceDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const { data, error } = useDivergence(id);
  const [reason, setReason] = useState('');
  const client = useQueryClient();
  const readOnly = useReadOnly();
  const decide = useMutation({
    mutationFn: async ({ how, entry }: { how: 'reapply' | 'discard'; entry?: number }): Promise<void> => {
      if (how === 'reapply') await reapply(id, entry);
      else await discard(id, reason, entry);
    },
    onSettled: () => client.invalidateQueries({ queryKey: divergencesKey }),
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title="Changes that were set aside"
      size="xl"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <div className={dialog['body']}>
        <p>
          Applying a change again makes it a new change of today, in your name. It is refused where it
          contradicts what is there now.
        </p>
        {readOnly ? null : (
          <TextInput
            label="Reason, for what is discarded"
            value={reason}
            maxLength={500}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
        )}
        <Problem error={error ?? decide.error} />
        {data?.entries.map((entry) => (
          <div key={entry.position} className={styles['entry']}>
            {[...new Set(entry.changes)].map((change) => (
              <p key={change}>{change}</p>
            ))}
            <p className={styles['who']}>
              {entry.actor}, <Moment at={entry.at} />: {entry.state}
            </p>
            {entry.state !== 'open' || readOnly ? null : (
              <Group gap="xs" mt="xs">
                <Button
                  size="xs"
                  loading={decide.isPending}
                  onClick={() => decide.mutate({ how: 'reapply', entry: entry.sequence })}
                >
                  Apply again
                </Button>
                <Button
                  size="xs"
                  disabled={reason.trim() === ''}
                  loading={decide.isPending}
                  onClick={() => decide.mutate({ how: 'discard', entry: entry.sequence })}
                >
                  Discard
                </Button>
              </Group>
            )}
          </div>
        ))}
      </div>
    </Modal>
  );
}
