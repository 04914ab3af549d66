import { Table } from '@mantine/core';
import type { HistoryView } from '../../../src/api/overview-contract.ts';
import { Panel } from '../look/page.tsx';
import { Moment } from '../look/time.tsx';

/** Who served when, on either node: it is part of the data, and so it survives what it tells of. */
export function Epochs({ epochs }: { epochs: HistoryView['epochs'] }) {
  if (epochs.length === 0) return null;
  return (
    <Panel title="Who took changes" about="Each epoch is a time in which one node took changes." flush>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Epoch</Table.Th>
            <Table.Th>Node</Table.Th>
            <Table.Th>Since</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {epochs.map((one) => (
            <Table.Tr key={one.epoch}>
              <Table.Td>{one.epoch}</Table.Td>
              <Table.Td>{one.node}</Table.Td>
              <Table.Td>
                <Moment at={one.since} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Panel>
  );
}
