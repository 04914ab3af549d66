import { Button, FileButton, PasswordInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ActionDialog } from '../look/action-dialog.tsx';
import { Notice, Problem } from '../look/notice.tsx';
import { Fact, Facts, Panel } from '../look/page.tsx';
import { Moment } from '../look/time.tsx';
import styles from './backup.module.css';
import { isEncrypted, type RestoreView, restoreBackup } from './backup.ts';

interface Chosen {
  readonly file: File;
  readonly encrypted: boolean;
}

/** First everything is checked and said, then a person decides. */
export function RestoreBackup() {
  const client = useQueryClient();
  const [chosen, setChosen] = useState<Chosen | undefined>();
  const [passphrase, setPassphrase] = useState('');
  const [deciding, setDeciding] = useState(false);
  const check = useMutation({
    mutationFn: ({ file }: Chosen) => restoreBackup(file, passphrase, true),
  });
  const [restored, setRestored] = useState<RestoreView | undefined>();
  const choose = async (file: File): Promise<void> => {
    const next = { file, encrypted: await isEncrypted(file) };
    setChosen(next);
    setPassphrase('');
    setRestored(undefined);
    check.reset();
    if (!next.encrypted) check.mutate(next);
  };
  return (
    <Panel
      title="Restore a backup"
      about="The file is checked whole and you see what would be done before anything is changed."
    >
      <form
        className={styles['form']}
        onSubmit={(event) => {
          event.preventDefault();
          if (chosen !== undefined) check.mutate(chosen);
        }}
      >
        <FileButton onChange={(file) => (file === null ? undefined : void choose(file))}>
          {(props) => <Button {...props}>Choose a file…</Button>}
        </FileButton>
        {chosen === undefined ? null : <p>{chosen.file.name}</p>}
        {chosen?.encrypted === true && check.data === undefined ? (
          <>
            <PasswordInput
              className={styles['wide'] ?? ''}
              label="Passphrase of the backup"
              required
              autoComplete="off"
              value={passphrase}
              onChange={(event) => setPassphrase(event.currentTarget.value)}
            />
            <Button type="submit" loading={check.isPending}>
              Check
            </Button>
          </>
        ) : null}
        <Problem error={check.error} />
        {restored === undefined ? null : (
          <Notice
            state="good"
            title={restored.kind === 'whole' ? 'It is in place' : 'They are added'}
            announce
          >
            {restored.sentence}
          </Notice>
        )}
        {chosen === undefined || check.data === undefined || restored !== undefined ? null : (
          <>
            <Contents view={check.data} />
            <Button color="bad" onClick={() => setDeciding(true)}>
              {check.data.kind === 'whole' ? 'Restore…' : 'Add to this server…'}
            </Button>
          </>
        )}
      </form>
      {deciding && chosen !== undefined && check.data !== undefined ? (
        <ActionDialog
          title={check.data.kind === 'whole' ? 'Restore this backup' : 'Add these accounts'}
          submit={check.data.kind === 'whole' ? 'Restore' : 'Add'}
          grave={check.data.kind === 'whole'}
          action={() => restoreBackup(chosen.file, passphrase, false)}
          onDone={(view) => {
            setRestored(view);
            void client.invalidateQueries();
          }}
          refresh={['status']}
          onClose={() => setDeciding(false)}
        >
          <p>
            {check.data.kind === 'whole'
              ? 'What was changed since then is undone on every node. You may have to sign in again, with the password of that time. What is there now is kept in a folder of this node.'
              : 'Users of the same name get what the backup says; others stay.'}
          </p>
        </ActionDialog>
      ) : null}
    </Panel>
  );
}

function Contents({ view }: { view: RestoreView }) {
  return (
    <>
      <Facts>
        <Fact name="Contains">{view.kind === 'whole' ? 'everything' : 'users and certificates'}</Fact>
        <Fact name="Made by">{view.node}</Fact>
        <Fact name="Made at">
          <Moment at={view.createdAt} />
        </Fact>
        <Fact name="Newest change in it">{view.position}</Fact>
      </Facts>
      <Notice state={view.kind === 'whole' ? 'warning' : 'neutral'} title="What would be done" announce>
        {view.sentence}
      </Notice>
    </>
  );
}
