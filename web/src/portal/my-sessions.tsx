import { Button, Table } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Problem } from '../look/notice.tsx';
import { Empty, Panel } from '../look/page.tsx';
import { sayDone } from '../look/said.ts';
import { Ago } from '../look/time.tsx';
import styles from './portal.module.css';
import { endMyConnection, endMyWebSession, meKey, useMyConnections, useMyWebSessions } from './portal.ts';

/** Where this person is signed in or connected now, and how to end it. */
export function MySessions() {
  const connections = useMyConnections();
  const web = useMyWebSessions();
  const client = useQueryClient();
  const onSettled = (): Promise<void> => client.invalidateQueries({ queryKey: meKey });
  const end = useMutation({
    mutationFn: ({ kind, id }: { kind: 'vpn' | 'web'; id: string }) =>
      kind === 'vpn' ? endMyConnection(id) : endMyWebSession(id),
    onSuccess: () => sayDone('The session has ended.'),
    onSettled,
  });
  const rows: {
    id: string;
    kind: 'vpn' | 'web';
    what: string;
    where: string;
    since: ReactNode;
    current: boolean;
  }[] = [
    ...(connections.data?.sessions ?? []).map((one) => ({
      id: one.id,
      kind: 'vpn' as const,
      what: `VPN, ${one.profile}`,
      where: one.realAddress,
      since: <Ago at={one.since} />,
      current: false,
    })),
    ...(web.data?.sessions ?? []).map((one) => ({
      id: one.id,
      kind: 'web' as const,
      what: 'This web page',
      where: one.address,
      since: <Ago at={one.openedAt} />,
      current: one.current,
    })),
  ];
  return (
    <Panel title="Your sessions" flush>
      <Problem error={connections.error ?? web.error ?? end.error} />
      {rows.length === 0 ? <Empty title="You are connected nowhere" /> : null}
      {rows.length === 0 ? null : (
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>What</Table.Th>
              <Table.Th className={styles['wide'] ?? ''}>From</Table.Th>
              <Table.Th>Since</Table.Th>
              <Table.Th aria-label="Actions" />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={`${row.kind} ${row.id}`}>
                <Table.Td>{row.what}</Table.Td>
                <Table.Td className={styles['wide'] ?? ''}>{row.where}</Table.Td>
                <Table.Td>{row.since}</Table.Td>
                <Table.Td ta="right">
                  {row.current ? (
                    'this one'
                  ) : (
                    <Button
                      size="xs"
                      aria-label={`End ${row.what} from ${row.where}`}
                      onClick={() => end.mutate(row)}
                    >
                      End
                    </Button>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Panel>
  );
}
