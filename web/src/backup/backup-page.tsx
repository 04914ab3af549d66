import { Page } from '../look/page.tsx';
import { useReadOnly } from '../shell/standby-notice.tsx';
import { MakeBackup } from './make-backup.tsx';
import { RestoreBackup } from './restore-backup.tsx';

/** A pair protects against a dead machine; this, against a change that nobody wanted. */
export default function BackupPage() {
  const readOnly = useReadOnly();
  return (
    <Page
      title="Backup"
      about="The pair has every change on two disks, also one that nobody wanted. A backup is one file with the state of one moment."
    >
      <MakeBackup />
      {readOnly ? null : <RestoreBackup />}
    </Page>
  );
}
