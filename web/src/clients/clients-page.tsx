import { Button, Group, Menu, Table, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { ActionDialog } from '../look/action-dialog.tsx';
import { bytesText } from '../look/bytes.ts';
import { Notice, Problem } from '../look/notice.tsx';
import { Empty, Page, Panel } from '../look/page.tsx';
import { Pager } from '../look/pager.tsx';
import { Ago } from '../look/time.tsx';
import { useReadOnly } from '../shell/standby-notice.tsx';
import { setBlocked, usersKey } from '../users/users.ts';
import styles from './clients.module.css';
import { type ClientView, clientsKey, disconnect, matching, useClients } from './clients.ts';

const perPage = 50;

/** Who is connected to the VPN now. */
export default function ClientsPage() {
  const { data, error } = useClients();
  const [search, setSearch] = useState('');
  const [offset, setOffset] = useState(0);
  const [dialog, setDialog] = useState<
    { readonly what: 'disconnect' | 'block'; readonly client: ClientView } | undefined
  >();
  const readOnly = useReadOnly();
  const all = data?.sessions ?? [];
  const found = matching(all, search);
  const shown = found.slice(offset, offset + perPage);
  return (
    <Page title="Current users" about="Who is connected to the VPN now.">
      <Problem error={error} />
      {data?.from === 'peer' ? (
        <Notice state="neutral" title="These clients are connected to the other node, which is active.">
          This node knows of them so that it can call them back. Traffic is counted there.
        </Notice>
      ) : null}
      <Panel flush>
        {all.length === 0 && data !== undefined ? (
          <Empty title="Nobody is connected">Whoever connects shows up here within seconds.</Empty>
        ) : (
          <>
            <div className={styles['tools']}>
              <TextInput
                aria-label="Search by name or address"
                placeholder="Search by name or address"
                leftSection={<IconSearch size={16} />}
                value={search}
                onChange={(event) => {
                  setSearch(event.currentTarget.value);
                  setOffset(0);
                }}
              />
            </div>
            {found.length === 0 && data !== undefined ? (
              <Empty title="Nobody who is connected matches" />
            ) : null}
            {shown.length === 0 ? null : (
              <ClientTable
                clients={shown}
                readOnly={readOnly}
                onAct={(what, client) => setDialog({ what, client })}
              />
            )}
            <Pager
              offset={offset}
              limit={perPage}
              total={found.length}
              what="connections"
              onOffset={setOffset}
            />
          </>
        )}
      </Panel>
      {dialog?.what === 'disconnect' ? (
        <ActionDialog
          title={`Disconnect ${dialog.client.user}`}
          submit="Disconnect"
          action={() => disconnect(dialog.client.id)}
          done={() => `${dialog.client.user} (${dialog.client.profile}) was disconnected.`}
          refresh={clientsKey}
          onClose={() => setDialog(undefined)}
        >
          <p>
            The connection of {dialog.client.profile} at {dialog.client.vpnAddress} ends, with everything that
            runs in it. The person can connect again at once; to keep somebody out, block the account.
          </p>
        </ActionDialog>
      ) : null}
      {dialog?.what === 'block' ? (
        <ActionDialog
          title={`Block ${dialog.client.user}`}
          submit="Block"
          grave
          action={() => setBlocked(dialog.client.user, true)}
          done={() => `${dialog.client.user} is blocked.`}
          refresh={usersKey}
          onClose={() => setDialog(undefined)}
        >
          <p>
            Every connection of {dialog.client.user} ends at once, and the account gets in again only when it
            is unblocked. Nothing is deleted.
          </p>
        </ActionDialog>
      ) : null}
    </Page>
  );
}

/** The menu is made when it is opened: it is by far the dearest part of a row. */
function Actions({ client, onAct }: { client: ClientView; onAct: ClientTableProps['onAct'] }) {
  const [open, setOpen] = useState(false);
  const button = (
    <Button
      size="xs"
      aria-label={`Actions for ${client.user} at ${client.vpnAddress}`}
      aria-haspopup="menu"
      aria-expanded={open}
      onClick={() => setOpen(!open)}
    >
      Actions
    </Button>
  );
  if (!open) return button;
  return (
    <Menu opened onChange={setOpen} position="bottom-end" transitionProps={{ duration: 0 }}>
      <Menu.Target>{button}</Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onAct('disconnect', client)}>Disconnect…</Menu.Item>
        <Menu.Item onClick={() => onAct('block', client)}>Block the account…</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

interface ClientTableProps {
  readonly clients: readonly ClientView[];
  readonly readOnly: boolean;
  readonly onAct: (what: 'disconnect' | 'block', client: ClientView) => void;
}

function ClientTable({ clients, readOnly, onAct }: ClientTableProps) {
  return (
    <Table highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>User</Table.Th>
          <Table.Th className={styles['wide'] ?? ''}>Device</Table.Th>
          <Table.Th>VPN address</Table.Th>
          <Table.Th className={styles['wide'] ?? ''}>From</Table.Th>
          <Table.Th className={styles['wide'] ?? ''}>Over</Table.Th>
          <Table.Th className={styles['wide'] ?? ''}>Connected</Table.Th>
          <Table.Th className={styles['wide'] ?? ''} ta="right">
            Received
          </Table.Th>
          <Table.Th className={styles['wide'] ?? ''} ta="right">
            Sent
          </Table.Th>
          <Table.Th className={styles['wide'] ?? ''}>Client</Table.Th>
          {readOnly ? null : <Table.Th aria-label="Actions" />}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {clients.map((client) => (
          <Table.Tr key={client.id}>
            <Table.Td>
              <Link to={`/users/${encodeURIComponent(client.user)}`}>{client.user}</Link>
            </Table.Td>
            <Table.Td className={styles['wide'] ?? ''}>{client.profile}</Table.Td>
            <Table.Td>{client.vpnAddress}</Table.Td>
            <Table.Td className={styles['wide'] ?? ''}>{client.realAddress}</Table.Td>
            <Table.Td className={styles['wide'] ?? ''}>{client.process}</Table.Td>
            <Table.Td className={styles['wide'] ?? ''}>
              <Ago at={client.since} />
            </Table.Td>
            <Table.Td className={styles['wide'] ?? ''} ta="right">
              {client.bytesReceived === null ? '' : bytesText(client.bytesReceived)}
            </Table.Td>
            <Table.Td className={styles['wide'] ?? ''} ta="right">
              {client.bytesSent === null ? '' : bytesText(client.bytesSent)}
            </Table.Td>
            <Table.Td className={styles['wide'] ?? ''}>
              {[client.clientPlatform, client.clientVersion].filter((one) => one !== null).join(' ')}
            </Table.Td>
            {readOnly ? null : (
              <Table.Td>
                <Group justify="flex-end">
                  <Actions client={client} onAct={onAct} />
                </Group>
              </Table.Td>
            )}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
