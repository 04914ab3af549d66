import { Button, Group } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { Problem } from '../look/notice.tsx';
import { Page } from '../look/page.tsx';
import { useReadOnly } from '../shell/standby-notice.tsx';
import { ReviewDialog } from './review-dialog.tsx';
import styles from './settings.module.css';
import { type Draft, useDraft, useVpnSettings, type VpnSettingsView } from './settings.ts';

interface SettingsPageProps {
  readonly title: string;
  readonly about: string;
  readonly children: (draft: Draft, view: VpnSettingsView) => ReactNode;
}

/** A page of fields over the VPN's settings. Nothing is saved before its consequences were shown. */
export function SettingsPage({ title, about, children }: SettingsPageProps) {
  const { data, error } = useVpnSettings();
  return (
    <Page title={title} about={about}>
      <Problem error={error} />
      {data === undefined ? null : <Fields view={data}>{children}</Fields>}
    </Page>
  );
}

function Fields({ view, children }: { view: VpnSettingsView; children: SettingsPageProps['children'] }) {
  const draft = useDraft(view.settings);
  const readOnly = useReadOnly();
  const [review, setReview] = useState(false);
  return (
    <>
      <fieldset className={styles['fields']} disabled={readOnly}>
        {children(draft, view)}
      </fieldset>
      {draft.changed ? (
        <div className={styles['bar']}>
          <p>Not saved yet</p>
          <Group gap="xs">
            <Button onClick={draft.reset}>Take back</Button>
            <Button variant="filled" onClick={() => setReview(true)}>
              Review and save…
            </Button>
          </Group>
        </div>
      ) : null}
      {review ? (
        <ReviewDialog changes={draft.changes} onSaved={draft.reset} onClose={() => setReview(false)} />
      ) : null}
    </>
  );
}
