import { Button, Group, Table } from '@mantine/core';
import { useState } from 'react';
import { ActionDialog } from '../look/action-dialog.tsx';
import { NameField } from '../look/name-field.tsx';
import { Problem } from '../look/notice.tsx';
import { Page, Panel } from '../look/page.tsx';
import { StateLabel } from '../look/state-mark.tsx';
import { Day } from '../look/time.tsx';
import { changesBetween, saidOf } from '../properties/properties.ts';
import { PropertiesForm, propertyFields } from '../properties/properties-form.tsx';
import { useReadOnly } from '../shell/standby-notice.tsx';
import styles from './groups.module.css';
import {
  addGroup,
  changeGroup,
  everybodysGroup,
  type GroupView,
  groupsKey,
  removeGroup,
  useGroups,
} from './groups.ts';

type Dialog =
  | { readonly what: 'add' }
  | { readonly what: 'edit' | 'block' | 'remove'; readonly group: GroupView };

/** What is said of many users at once: the user's own word counts before the group's, the group's before everybody's. */
export default function GroupsPage() {
  const { data, error } = useGroups();
  const [dialog, setDialog] = useState<Dialog | undefined>();
  const readOnly = useReadOnly();
  const close = (): void => setDialog(undefined);
  return (
    <Page
      title="Groups"
      about="What counts for many users at once. A user’s own setting counts before the group’s, and the group’s before everybody’s."
      actions={
        readOnly ? undefined : (
          <Button variant="filled" onClick={() => setDialog({ what: 'add' })}>
            Add group…
          </Button>
        )
      }
    >
      <Problem error={error} />
      <Panel flush>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Group</Table.Th>
              <Table.Th>Members</Table.Th>
              <Table.Th className={styles['wide'] ?? ''}>Says</Table.Th>
              {readOnly ? null : <Table.Th aria-label="Actions" />}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data?.groups.map((group) => (
              <Table.Tr key={group.name}>
                <Table.Td fw={600}>{titleOf(group)}</Table.Td>
                <Table.Td>{group.name === everybodysGroup ? 'all users' : group.members.length}</Table.Td>
                <Table.Td className={styles['wide'] ?? ''}>
                  <Says group={group} />
                </Table.Td>
                {readOnly ? null : (
                  <Table.Td>
                    <Group gap="xs" justify="flex-end">
                      <Button
                        size="xs"
                        aria-label={`Edit ${titleOf(group)}`}
                        onClick={() => setDialog({ what: 'edit', group })}
                      >
                        Edit…
                      </Button>
                      {group.name === everybodysGroup ? null : (
                        <>
                          <Button
                            size="xs"
                            aria-label={`${blockWord(group)} ${group.name}`}
                            onClick={() => setDialog({ what: 'block', group })}
                          >
                            {blockWord(group)}…
                          </Button>
                          <Button
                            size="xs"
                            aria-label={`Remove ${group.name}`}
                            onClick={() => setDialog({ what: 'remove', group })}
                          >
                            Remove…
                          </Button>
                        </>
                      )}
                    </Group>
                  </Table.Td>
                )}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Panel>
      {dialog?.what === 'add' ? <AddDialog onClose={close} /> : null}
      {dialog?.what === 'edit' ? <EditDialog group={dialog.group} onClose={close} /> : null}
      {dialog?.what === 'block' ? <BlockDialog group={dialog.group} onClose={close} /> : null}
      {dialog?.what === 'remove' ? (
        <ActionDialog
          title={`Remove the group ${dialog.group.name}`}
          submit="Remove"
          grave
          action={() => removeGroup(dialog.group.name)}
          done={() => `The group ${dialog.group.name} was removed.`}
          refresh={groupsKey}
          onClose={close}
        >
          <p>
            {membersText(dialog.group)} stay, in no group: what counts for everybody counts for them, from
            their next connection on or at once where it takes rights away.
          </p>
        </ActionDialog>
      ) : null}
    </Page>
  );
}

function titleOf({ name }: GroupView): string {
  return name === everybodysGroup ? 'Everybody' : name;
}

function blockWord({ properties }: GroupView): 'Block' | 'Unblock' {
  return properties.blocked === true ? 'Unblock' : 'Block';
}

function membersText({ members }: GroupView): string {
  return members.length === 1 ? 'Its one member will' : `Its ${members.length} members`;
}

function Says({ group: { properties } }: { group: GroupView }) {
  const { expiresAt, routes, access } = properties;
  if (Object.keys(properties).length === 0) return <span className={styles['nothing']}>nothing yet</span>;
  return (
    <div className={styles['says']}>
      {properties.blocked === true ? <StateLabel state="bad">blocked</StateLabel> : null}
      {properties.oneTimeCode === undefined ? null : (
        <span>one-time code {properties.oneTimeCode ? 'required' : 'not required'}</span>
      )}
      {properties.autoLogin === undefined ? null : (
        <span>profile alone {properties.autoLogin ? 'is enough' : 'is not enough'}</span>
      )}
      {typeof expiresAt === 'string' ? (
        <span>
          until <Day at={expiresAt} />
        </span>
      ) : null}
      {routes === undefined || routes.length === 0 ? null : <span>networks {routes.join(', ')}</span>}
      {access === undefined || access === null ? null : (
        <span>may reach only {access.length === 0 ? 'nothing' : access.join('; ')}</span>
      )}
    </div>
  );
}

function AddDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  return (
    <ActionDialog
      title="Add a group"
      submit="Add group"
      action={() => addGroup(name.trim())}
      done={() => `The group ${name.trim()} was added.`}
      fields={['name']}
      refresh={groupsKey}
      onClose={onClose}
    >
      <NameField value={name} onChange={setName} />
    </ActionDialog>
  );
}

function EditDialog({ group, onClose }: { group: GroupView; onClose: () => void }) {
  const before = saidOf(group.properties);
  const [said, setSaid] = useState(before);
  return (
    <ActionDialog
      title={titleOf(group)}
      submit="Save"
      size="lg"
      action={() => changeGroup(group.name, changesBetween(before, said))}
      done={() => `${titleOf(group)} is saved.`}
      fields={propertyFields}
      refresh={groupsKey}
      onClose={onClose}
    >
      <p>
        Who is connected and loses a right is called back at once and comes back with what is allowed then.
      </p>
      <PropertiesForm
        said={said}
        otherwise={group.name === everybodysGroup ? 'built in' : 'everybody'}
        onChange={setSaid}
      />
    </ActionDialog>
  );
}

function BlockDialog({ group, onClose }: { group: GroupView; onClose: () => void }) {
  const block = group.properties.blocked !== true;
  return (
    <ActionDialog
      title={`${blockWord(group)} the group ${group.name}`}
      submit={blockWord(group)}
      grave={block}
      action={() => changeGroup(group.name, { blocked: block })}
      done={() => `The group ${group.name} is ${block ? 'blocked' : 'not blocked any more'}.`}
      refresh={groupsKey}
      onClose={onClose}
    >
      <p>
        {block
          ? `${group.members.length} members are disconnected at once and get in again only when the group is unblocked.`
          : 'Its members may log in again, unless they are blocked themselves.'}
      </p>
    </ActionDialog>
  );
}
