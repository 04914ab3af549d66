import { Button, Table } from '@mantine/core';
import { useState } from 'react';
import { Problem } from '../look/notice.tsx';
import { Empty, Panel } from '../look/page.tsx';
import { Moment } from '../look/time.tsx';
import styles from './history.module.css';
import { useJournal } from './history.ts';

const step = 50;
const most = 1_000;

/** Every change of the data with who made it; it is the journal itself, and so the same on both nodes. */
export function AuditLog() {
  const [last, setLast] = useState(step);
  const { data, error } = useJournal(last);
  const entries = data?.entries.toReversed() ?? [];
  return (
    <Panel
      title="Changes"
      about="Every change of users, certificates and settings, newest first. The same list is on both nodes."
      flush
    >
      <Problem error={error} />
      {data !== undefined && entries.length === 0 ? <Empty title="Nothing was changed yet" /> : null}
      {entries.length === 0 ? null : (
        <Table className={styles['table'] ?? ''}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>When</Table.Th>
              <Table.Th>Who</Table.Th>
              <Table.Th>What</Table.Th>
              <Table.Th className={styles['wide'] ?? ''}>Position</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {entries.map((entry) => (
              <Table.Tr key={entry.position}>
                <Table.Td className={styles['when'] ?? ''}>
                  <Moment at={entry.at} />
                </Table.Td>
                <Table.Td>{entry.actor}</Table.Td>
                <Table.Td className={styles['what'] ?? ''}>
                  {[...new Set(entry.changes)].map((change) => (
                    <div key={change}>{change}</div>
                  ))}
                </Table.Td>
                <Table.Td className={styles['wide'] ?? ''}>{entry.position}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {entries.length === last && last < most ? (
        <div className={styles['more']}>
          <Button onClick={() => setLast(Math.min(most, last * 2))}>Show more</Button>
        </div>
      ) : null}
    </Panel>
  );
}
