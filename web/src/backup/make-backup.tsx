import { Button, PasswordInput, Radio } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { downloadFile } from '../look/download.ts';
import { Notice, Problem } from '../look/notice.tsx';
import { Panel } from '../look/page.tsx';
import { sayDone } from '../look/said.ts';
import { useSession } from '../session/session.ts';
import styles from './backup.module.css';
import { type BackupKind, fileName, makeBackup } from './backup.ts';

/** Everything or the accounts in a file for the person who asks; also on a standby. */
export function MakeBackup() {
  const session = useSession();
  const [kind, setKind] = useState<BackupKind>('whole');
  const [passphrase, setPassphrase] = useState('');
  const make = useMutation({
    mutationFn: () => makeBackup(kind, passphrase),
    onSuccess: (file) => {
      const name = fileName(kind, passphrase !== '', new Date());
      downloadFile(name, file);
      sayDone(`${name} was made.`);
    },
  });
  const allowed = session?.role === 'administrator';
  return (
    <Panel title="Make a backup">
      <form
        className={styles['form']}
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate();
        }}
      >
        <Radio.Group
          aria-label="What is in it"
          value={kind}
          onChange={(value) => setKind(value === 'accounts' ? 'accounts' : 'whole')}
        >
          <div className={styles['choices']}>
            <Radio
              value="whole"
              label="Everything"
              description="To set this server up again on a fresh machine, or to go back to this moment"
            />
            <Radio
              value="accounts"
              label="Users and certificates"
              description="To add them to another server, which then lets the same people in with the same profiles"
            />
          </div>
        </Radio.Group>
        <PasswordInput
          className={styles['wide'] ?? ''}
          label="Passphrase"
          description="Without it nobody can read the file, you neither. The program age can decrypt it, too."
          autoComplete="new-password"
          value={passphrase}
          onChange={(event) => setPassphrase(event.currentTarget.value)}
        />
        {passphrase === '' ? (
          <Notice state="warning" title="Without a passphrase the file is not encrypted">
            Whoever gets it has every key of the server and every password hash.
          </Notice>
        ) : null}
        <Problem error={make.error} />
        <Button type="submit" variant="filled" loading={make.isPending} disabled={!allowed}>
          {passphrase === '' ? 'Make unencrypted and download' : 'Make and download'}
        </Button>
      </form>
    </Panel>
  );
}
