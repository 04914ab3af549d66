import { Table } from '@mantine/core';
import type { TransitionView } from '../../../src/api/overview-contract.ts';
import { Panel } from '../look/page.tsx';
import { Ago } from '../look/time.tsx';

function tookText({ addressMs, totalMs }: TransitionView): string {
  const took = addressMs ?? totalMs;
  return took === null ? '' : `${took.toFixed(1)} ms`;
}

/** The last changes of role that this node's heartbeat made, with their cause and how long they took. */
export function Takeovers({
  transitions,
  node,
  most,
}: {
  transitions: readonly TransitionView[];
  node: string;
  most: number;
}) {
  if (transitions.length === 0) return null;
  return (
    <Panel title={`Last changes of role on ${node}`} flush>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>When</Table.Th>
            <Table.Th>What and why</Table.Th>
            <Table.Th ta="right">Took</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {transitions.slice(0, most).map((one) => (
            <Table.Tr key={`${one.at}${one.to}`}>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>
                <Ago at={one.at} />
              </Table.Td>
              <Table.Td>{one.sentence}</Table.Td>
              <Table.Td ta="right" style={{ whiteSpace: 'nowrap' }}>
                {tookText(one)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Panel>
  );
}
