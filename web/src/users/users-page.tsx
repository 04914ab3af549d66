import { Anchor, Button, Checkbox, Table } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { Link } from 'react-router';
import { ListTools } from '../look/list-tools.tsx';
import { Problem } from '../look/notice.tsx';
import { Empty, Page, Panel } from '../look/page.tsx';
import { Pager } from '../look/pager.tsx';
import { Day } from '../look/time.tsx';
import { useVpnSettings } from '../settings/settings.ts';
import { useReadOnly } from '../shell/standby-notice.tsx';
import { AddUserDialog } from './add-user-dialog.tsx';
import { BulkBar } from './bulk-bar.tsx';
import { GenericDialog } from './generic-dialog.tsx';
import { ImportDialog } from './import-dialog.tsx';
import { UserState } from './user-state.tsx';
import { type UserFilter, type UserView, userFilters, usersPerPage, useUsers } from './users.ts';
import styles from './users-page.module.css';

/** Everybody who may log in, found by name, a page at a time. */
export default function UsersPage() {
  const [search, setSearch] = useState('');
  const [filter, setFilter] = useState<UserFilter>('all');
  const [offset, setOffset] = useState(0);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [dialog, setDialog] = useState<'add' | 'import' | 'generic' | undefined>();
  const generic = useVpnSettings().data?.settings.generic.enabled === true;
  const [settled] = useDebouncedValue(search.trim(), 200);
  const { data, error } = useUsers({ search: settled, filter, offset });
  const readOnly = useReadOnly();
  const users = data?.users ?? [];

  return (
    <Page
      title="Users"
      about="Who may log in to the VPN, to the client portal and to these pages."
      actions={
        readOnly ? undefined : (
          <>
            {generic ? <Button onClick={() => setDialog('generic')}>Generic profile…</Button> : null}
            <Button onClick={() => setDialog('import')}>Import…</Button>
            <Button variant="filled" onClick={() => setDialog('add')}>
              Add user…
            </Button>
          </>
        )
      }
    >
      <Problem error={error} />
      <Panel flush>
        <ListTools
          searchLabel="Search by name"
          search={search}
          onSearch={(wanted) => {
            setSearch(wanted);
            setOffset(0);
          }}
          kindLabel="Which users"
          kinds={userFilters}
          kind={filter}
          onKind={(kind) => {
            setFilter(kind);
            setOffset(0);
          }}
        />
        {selected.size === 0 || readOnly ? null : (
          <BulkBar selected={[...selected]} onDone={() => setSelected(new Set())} />
        )}
        {users.length === 0 && data !== undefined ? (
          settled === '' && filter === 'all' ? (
            <Empty title="There are no users yet">Add the first one, or import many from a CSV file.</Empty>
          ) : (
            <Empty title="Nobody matches">Search for a part of the name, or choose “Everybody”.</Empty>
          )
        ) : (
          <UserTable users={users} selectable={!readOnly} selected={selected} onSelect={setSelected} />
        )}
        <Pager
          offset={offset}
          limit={usersPerPage}
          total={data?.total ?? 0}
          what="users"
          onOffset={setOffset}
        />
      </Panel>
      {dialog === 'add' ? <AddUserDialog onClose={() => setDialog(undefined)} /> : null}
      {dialog === 'import' ? <ImportDialog onClose={() => setDialog(undefined)} /> : null}
      {dialog === 'generic' ? <GenericDialog onClose={() => setDialog(undefined)} /> : null}
    </Page>
  );
}

interface UserTableProps {
  readonly users: readonly UserView[];
  readonly selectable: boolean;
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (selected: ReadonlySet<string>) => void;
}

function UserTable({ users, selectable, selected, onSelect }: UserTableProps) {
  const all = users.length > 0 && users.every(({ name }) => selected.has(name));
  const some = users.some(({ name }) => selected.has(name));
  const withAll = (wanted: boolean): ReadonlySet<string> => {
    const names = users.map(({ name }) => name);
    return new Set(wanted ? [...selected, ...names] : [...selected].filter((name) => !names.includes(name)));
  };
  const withOne = (name: string, wanted: boolean): ReadonlySet<string> =>
    new Set(wanted ? [...selected, name] : [...selected].filter((one) => one !== name));
  return (
    <Table highlightOnHover className={styles['table'] ?? ''}>
      <Table.Thead>
        <Table.Tr>
          {selectable ? (
            <Table.Th w={44}>
              <Checkbox
                aria-label="Select everybody on this page"
                checked={all}
                indeterminate={some && !all}
                onChange={(event) => onSelect(withAll(event.currentTarget.checked))}
              />
            </Table.Th>
          ) : null}
          <Table.Th>Name</Table.Th>
          <Table.Th>State</Table.Th>
          <Table.Th className={styles['wide'] ?? ''}>Group</Table.Th>
          <Table.Th className={styles['wide'] ?? ''}>Role</Table.Th>
          <Table.Th className={styles['wide'] ?? ''}>VPN address</Table.Th>
          <Table.Th className={styles['wide'] ?? ''}>One-time code</Table.Th>
          <Table.Th className={styles['wide'] ?? ''}>Until</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {users.map((user) => (
          <Table.Tr key={user.name} data-selected={selected.has(user.name)}>
            {selectable ? (
              <Table.Td>
                <Checkbox
                  aria-label={`Select ${user.name}`}
                  checked={selected.has(user.name)}
                  onChange={(event) => onSelect(withOne(user.name, event.currentTarget.checked))}
                />
              </Table.Td>
            ) : null}
            <Table.Td className={styles['name'] ?? ''}>
              <Anchor component={Link} to={`/users/${encodeURIComponent(user.name)}`} fw={600}>
                {user.name}
              </Anchor>
            </Table.Td>
            <Table.Td>
              <UserState user={user} />
            </Table.Td>
            <Table.Td className={styles['wide'] ?? ''}>{user.group ?? ''}</Table.Td>
            <Table.Td className={styles['wide'] ?? ''}>{user.role === 'user' ? '' : user.role}</Table.Td>
            <Table.Td className={styles['wide'] ?? ''}>
              {user.profiles
                .map(({ vpnAddress }) => vpnAddress ?? '')
                .filter((one) => one !== '')
                .join(', ')}
            </Table.Td>
            <Table.Td className={styles['wide'] ?? ''}>{user.oneTimeCode ? 'set up' : ''}</Table.Td>
            <Table.Td className={styles['wide'] ?? ''}>
              {user.expiresAt === null ? '' : <Day at={user.expiresAt} />}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
