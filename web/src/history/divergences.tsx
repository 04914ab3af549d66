import { Button, Group, Table } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { downloadText } from '../look/download.ts';
import { Problem } from '../look/notice.tsx';
import { Empty, Panel } from '../look/page.tsx';
import { sayFailed } from '../look/said.ts';
import { StateLabel } from '../look/state-mark.tsx';
import { Moment } from '../look/time.tsx';
import { DivergenceDialog } from './divergence-dialog.tsx';
import { type DivergenceView, exportDivergence, useDivergences } from './history.ts';

/** Changes that existed on one node only after both had served; kept until a person decides on each. */
export function Divergences() {
  const { data, error } = useDivergences();
  const [shown, setShown] = useState<DivergenceView | undefined>();
  const save = useMutation({
    mutationFn: (id: string) => exportDivergence(id),
    onSuccess: ({ text }, id) => downloadText(`divergence-${id}.json`, text, 'application/json'),
    onError: sayFailed,
  });
  return (
    <Panel
      title="Set aside"
      about="Changes that only one node had when both had served. Nothing of them is lost: apply them again, or discard them with a reason."
      flush
    >
      <Problem error={error} />
      {data?.divergences.length === 0 ? <Empty title="Nothing was ever set aside on this node" /> : null}
      {data === undefined || data.divergences.length === 0 ? null : (
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>When</Table.Th>
              <Table.Th>Of</Table.Th>
              <Table.Th>Changes</Table.Th>
              <Table.Th aria-label="Actions" />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.divergences.map((one) => (
              <Table.Tr key={one.id}>
                <Table.Td>
                  <Moment at={one.at} />
                </Table.Td>
                <Table.Td>{one.node}</Table.Td>
                <Table.Td>
                  {one.entries}{' '}
                  {one.open === 0 ? (
                    <StateLabel state="good">all decided</StateLabel>
                  ) : (
                    <StateLabel state="warning">{one.open} to decide</StateLabel>
                  )}
                </Table.Td>
                <Table.Td>
                  <Group gap="xs" justify="flex-end">
                    <Button size="xs" onClick={() => setShown(one)}>
                      Look…
                    </Button>
                    <Button size="xs" loading={save.isPending} onClick={() => save.mutate(one.id)}>
                      Export
                    </Button>
                  </Group>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {shown === undefined ? null : <DivergenceDialog id={shown.id} onClose={() => setShown(undefined)} />}
    </Panel>
  );
}
