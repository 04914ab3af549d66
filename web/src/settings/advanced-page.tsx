import { Textarea } from '@mantine/core';
import { Panel } from '../look/page.tsx';
import styles from './settings.module.css';
import { SettingsPage } from './settings-page.tsx';

/** Free directives of OpenVPN, for what has no field of its own. */
export default function AdvancedPage() {
  return (
    <SettingsPage
      title="Advanced"
      about="Directives of OpenVPN for what has no field of its own, one a line. What would break the pair is refused by name."
    >
      {(draft) => {
        const { directives } = draft.settings;
        return (
          <Panel>
            <div className={styles['stack']}>
              <Textarea
                label="For the server"
                description="Added to the configuration of every server process, on both nodes"
                autosize
                minRows={6}
                maxRows={20}
                spellCheck={false}
                classNames={{ input: 'mono' }}
                value={directives.server}
                onChange={(event) =>
                  draft.set('directives', { ...directives, server: event.currentTarget.value })
                }
              />
              <Textarea
                label="For clients"
                description="Added to every profile that is made from now on"
                autosize
                minRows={6}
                maxRows={20}
                spellCheck={false}
                classNames={{ input: 'mono' }}
                value={directives.client}
                onChange={(event) =>
                  draft.set('directives', { ...directives, client: event.currentTarget.value })
                }
              />
            </div>
          </Panel>
        );
      }}
    </SettingsPage>
  );
}
