import { Button, FileButton, Group, Modal } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import dialog from '../look/action-dialog.module.css';
import { Notice, Problem } from '../look/notice.tsx';
import { sayDone } from '../look/said.ts';
import { importUsers, usersKey } from './users.ts';

const mostShown = 10;

/** Many users from a file: the node says what is wrong with which line before anybody is added. */
export function ImportDialog({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const check = useMutation({
    mutationFn: async (file: File) => {
      const csv = await file.text();
      return { csv, name: file.name, ...(await importUsers(csv, true)) };
    },
  });
  const add = useMutation({
    mutationFn: (csv: string) => importUsers(csv, false),
    onSuccess: (answer) => {
      sayDone(`${answer.added} users were added.`, answer);
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: usersKey }),
  });
  const checked = check.data;
  const wrong = checked?.rows.filter(({ problem }) => problem !== null) ?? [];
  return (
    <Modal
      opened
      onClose={add.isPending ? () => undefined : onClose}
      title="Import users from a CSV file"
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <div className={dialog['body']}>
        <p>
          The first line names the columns: <code>name,password</code> and, where wanted,{' '}
          <code>group,role</code>. Either everybody in the file is added, or nobody.
        </p>
        <Problem error={check.error ?? add.error} />
        {wrong.slice(0, mostShown).map(({ line, name, problem }) => (
          <Notice
            key={line}
            state="bad"
            title={`Line ${line}${name === '' ? '' : `, ${name}`}: ${problem}`}
          />
        ))}
        {wrong.length > mostShown ? <p>And {wrong.length - mostShown} more lines that are wrong.</p> : null}
        {checked !== undefined && wrong.length === 0 ? (
          <Notice state="good" title={`${checked.name}: ${checked.rows.length} users can be added.`} announce>
            Nobody who is connected is interrupted. Passwords are hashed one by one: some seconds for a
            hundred.
          </Notice>
        ) : null}
        <Group justify="flex-end">
          <FileButton
            accept=".csv,text/csv,text/plain"
            onChange={(file) => {
              if (file !== null) check.mutate(file);
            }}
          >
            {(props) => (
              <Button {...props} loading={check.isPending} disabled={add.isPending}>
                Choose a file…
              </Button>
            )}
          </FileButton>
          <Button
            variant="filled"
            disabled={checked === undefined || wrong.length > 0}
            loading={add.isPending}
            onClick={() => {
              if (checked !== undefined) add.mutate(checked.csv);
            }}
          >
            Import
          </Button>
        </Group>
      </div>
    </Modal>
  );
}
