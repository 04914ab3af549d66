import { Button, NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { useGroups } from '../groups/groups.ts';
import { ActionDialog } from '../look/action-dialog.tsx';
import { Fact, Facts, Panel } from '../look/page.tsx';
import { Day } from '../look/time.tsx';
import { changesBetween, saidOf } from '../properties/properties.ts';
import { PropertiesForm, propertyFields } from '../properties/properties-form.tsx';
import { useReadOnly } from '../shell/standby-notice.tsx';
import { changeUser, type UserView, usersKey } from './users.ts';

/** What counts for the user, whoever said it, and a way to say it of the user alone. */
export function RightsPanel({ user }: { user: UserView }) {
  const [edit, setEdit] = useState(false);
  const readOnly = useReadOnly();
  return (
    <Panel
      title="Rights"
      about="What counts, whether it is said of this user, of the group or of everybody."
      actions={readOnly ? undefined : <Button onClick={() => setEdit(true)}>Change…</Button>}
    >
      <Facts>
        <Fact name="Role">{roleWords[user.role]}</Fact>
        <Fact name="Group">{user.group ?? 'none'}</Fact>
        <Fact name="Expires">{user.expiresAt === null ? 'never' : <Day at={user.expiresAt} />}</Fact>
        <Fact name="One-time code">{user.oneTimeCodeRequired ? 'required' : 'only if set up'}</Fact>
        <Fact name="Log in by profile alone">{user.autoLogin ? 'yes' : 'no'}</Fact>
        <Fact name="Networks beside everybody’s">
          {user.routes.length === 0 ? 'none' : user.routes.join(', ')}
        </Fact>
        <Fact name="May reach">{accessText(user.access)}</Fact>
      </Facts>
      {edit ? <RightsDialog user={user} onClose={() => setEdit(false)} /> : null}
    </Panel>
  );
}

function accessText(access: UserView['access']): string {
  if (access === null) return 'everything that is routed';
  return access.length === 0 ? 'nothing' : access.join('; ');
}

const roleWords: Record<UserView['role'], string> = {
  user: 'user: the VPN and the client portal',
  'read-only': 'read-only: sees these pages, changes nothing',
  administrator: 'administrator',
};

function RightsDialog({ user, onClose }: { user: UserView; onClose: () => void }) {
  const groups = useGroups();
  const before = saidOf(user.own);
  const [said, setSaid] = useState(before);
  const [group, setGroup] = useState(user.group ?? '');
  const [role, setRole] = useState(user.role);
  const names = (groups.data?.groups ?? []).map(({ name }) => name).filter((name) => name !== 'default');
  return (
    <ActionDialog
      title={`Rights of ${user.name}`}
      submit="Save"
      size="lg"
      action={() =>
        changeUser(user.name, {
          ...changesBetween(before, said),
          ...(group === (user.group ?? '') ? {} : { group: group === '' ? null : group }),
          ...(role === user.role ? {} : { role }),
        })
      }
      done={() => `The rights of ${user.name} are saved.`}
      fields={propertyFields}
      refresh={usersKey}
      onClose={onClose}
    >
      <p>
        Who is connected and loses a right is called back at once and comes back with what is allowed then.
      </p>
      <NativeSelect
        label="Role"
        value={role}
        data={Object.entries(roleWords).map(([value, label]) => ({ value, label }))}
        onChange={(event) => setRole(event.currentTarget.value as UserView['role'])}
      />
      <NativeSelect
        label="Group"
        value={group}
        data={[{ value: '', label: 'None' }, ...names]}
        onChange={(event) => setGroup(event.currentTarget.value)}
      />
      <PropertiesForm said={said} otherwise={group === '' ? 'everybody' : 'the group'} onChange={setSaid} />
    </ActionDialog>
  );
}
