import { Button, Group } from '@mantine/core';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { ActionDialog } from '../look/action-dialog.tsx';
import { Problem } from '../look/notice.tsx';
import { Fact, Facts, Page, Panel } from '../look/page.tsx';
import { Day, Moment } from '../look/time.tsx';
import { useReadOnly } from '../shell/standby-notice.tsx';
import { OneTimeCodeDialog } from './one-time-code-dialog.tsx';
import { PasswordDialog } from './password-dialog.tsx';
import { Profiles } from './profiles.tsx';
import { RightsPanel } from './rights-panel.tsx';
import { UserState } from './user-state.tsx';
import { removeOneTimeKey, removeUser, setBlocked, type UserView, usersKey, useUser } from './users.ts';

type Dialog = 'password' | 'code' | 'no-code' | 'block' | 'remove' | undefined;

/** One account: how it stands, its devices, how it logs in, what it may. */
export default function UserPage() {
  const { name = '' } = useParams();
  const { data: user, error } = useUser(name);
  return (
    <Page title={name} about="An account of the VPN">
      <Problem error={error} />
      {user === undefined ? null : <Account user={user} />}
    </Page>
  );
}

function Account({ user }: { user: UserView }) {
  const [dialog, setDialog] = useState<Dialog>();
  const readOnly = useReadOnly();
  const close = (): void => setDialog(undefined);
  return (
    <>
      <Panel title="Account">
        <Facts>
          <Fact name="State">
            <UserState user={user} />
          </Fact>
          {user.lockedUntil === null ? null : (
            <Fact name="Locked out until">
              <Moment at={user.lockedUntil} />
            </Fact>
          )}
          <Fact name="Since">
            <Day at={user.createdAt} />
          </Fact>
          <Fact name="Password">
            {user.passwordChangedAt === null ? (
              'the first one'
            ) : (
              <>
                changed <Day at={user.passwordChangedAt} />
              </>
            )}
          </Fact>
          <Fact name="One-time code">{user.oneTimeCode ? 'asked at every login' : 'not set up'}</Fact>
        </Facts>
        {readOnly ? null : (
          <Group mt="md" gap="xs">
            <Button onClick={() => setDialog('password')}>Set password…</Button>
            <Button onClick={() => setDialog('code')}>
              {user.oneTimeCode ? 'Show or renew one-time code…' : 'Set up one-time code…'}
            </Button>
            {user.oneTimeCode ? (
              <Button onClick={() => setDialog('no-code')}>Remove one-time code…</Button>
            ) : null}
            <Button onClick={() => setDialog('block')}>
              {user.blocked ? 'Unblock…' : user.lockedUntil === null ? 'Block…' : 'Let in again…'}
            </Button>
            <Button onClick={() => setDialog('remove')}>Remove…</Button>
          </Group>
        )}
      </Panel>
      <Profiles user={user} />
      <RightsPanel user={user} />
      {dialog === 'password' ? <PasswordDialog user={user.name} onClose={close} /> : null}
      {dialog === 'code' ? <OneTimeCodeDialog user={user} onClose={close} /> : null}
      {dialog === 'no-code' ? (
        <ActionDialog
          title={`Remove the one-time code of ${user.name}`}
          submit="Remove"
          grave
          action={() => removeOneTimeKey(user.name)}
          done={() => `${user.name} logs in with the password alone.`}
          refresh={usersKey}
          onClose={close}
        >
          <p>
            From the next login on the password alone is enough. The entry in the authenticator app is of no
            use any more.
          </p>
        </ActionDialog>
      ) : null}
      {dialog === 'block' ? <BlockDialog user={user} onClose={close} /> : null}
      {dialog === 'remove' ? <RemoveDialog user={user.name} onClose={close} /> : null}
    </>
  );
}

function BlockDialog({ user, onClose }: { user: UserView; onClose: () => void }) {
  const block = !user.blocked && user.lockedUntil === null;
  return (
    <ActionDialog
      title={`${block ? 'Block' : 'Let in'} ${user.name}`}
      submit={block ? 'Block' : 'Let in'}
      action={() => setBlocked(user.name, block)}
      done={() => (block ? `${user.name} is blocked.` : `${user.name} may log in again.`)}
      refresh={usersKey}
      onClose={onClose}
    >
      <p>
        {block
          ? 'If connected, the person is disconnected at once, and gets in again only when unblocked. Nothing is deleted.'
          : 'The person can log in again with password and profile.'}
      </p>
    </ActionDialog>
  );
}

function RemoveDialog({ user, onClose }: { user: string; onClose: () => void }) {
  const navigate = useNavigate();
  return (
    <ActionDialog
      title={`Remove ${user}`}
      submit="Remove for good"
      grave
      action={() => removeUser(user)}
      done={() => `${user} was removed.`}
      refresh={[...usersKey, 'page']}
      onDone={() => void navigate('/users')}
      onClose={onClose}
    >
      <p>
        The person is disconnected; account, profiles and certificates are gone for good. To keep them, block
        instead.
      </p>
    </ActionDialog>
  );
}
