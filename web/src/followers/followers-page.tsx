import { Button, Group, Table } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ActionDialog } from '../look/action-dialog.tsx';
import { Problem } from '../look/notice.tsx';
import { Empty, Page, Panel } from '../look/page.tsx';
import { sayDone, sayFailed } from '../look/said.ts';
import { type State, StateLabel } from '../look/state-mark.tsx';
import { Ago } from '../look/time.tsx';
import { useReadOnly } from '../shell/standby-notice.tsx';
import { AddFollowerDialog } from './add-follower-dialog.tsx';
import styles from './followers.module.css';
import {
  type FollowerView,
  followersKey,
  removeFollower,
  useFollowers,
  verifyFollower,
} from './followers.ts';

const scopeWords = { accounts: 'users and certificates', certificates: 'certificates alone' } as const;

/** Servers elsewhere that receive users and certificates: who they are and how far each is. */
export default function FollowersPage() {
  const { data, error } = useFollowers();
  const readOnly = useReadOnly();
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<string | undefined>();
  const followers = data?.followers ?? [];
  return (
    <Page
      title="Followers"
      about="Servers elsewhere that receive users, credentials, certificates and revocations as they change. They change nothing, let nobody in and get no private key."
      actions={
        readOnly ? undefined : (
          <Button variant="filled" onClick={() => setAdding(true)}>
            Add follower…
          </Button>
        )
      }
    >
      <Problem error={error} />
      <Panel flush>
        {followers.length === 0 && data !== undefined ? <NoFollowers /> : null}
        {followers.length === 0 ? null : (
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Follower</Table.Th>
                <Table.Th>State</Table.Th>
                <Table.Th className={styles['wide'] ?? ''}>Behind</Table.Th>
                <Table.Th className={styles['wide'] ?? ''}>Receives</Table.Th>
                <Table.Th className={styles['wide'] ?? ''}>Compared</Table.Th>
                {readOnly ? null : <Table.Th aria-label="Actions" />}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {followers.map((one) => (
                <FollowerRow
                  key={one.name}
                  one={one}
                  readOnly={readOnly}
                  onRemove={() => setLeaving(one.name)}
                />
              ))}
            </Table.Tbody>
          </Table>
        )}
      </Panel>
      {adding ? <AddFollowerDialog onClose={() => setAdding(false)} /> : null}
      {leaving === undefined ? null : (
        <ActionDialog
          title={`Remove the follower ${leaving}`}
          submit="Remove"
          grave
          action={() => removeFollower(leaving)}
          done={() => `${leaving} gets nothing any more.`}
          refresh={followersKey}
          onClose={() => setLeaving(undefined)}
        >
          <p>
            Its key is taken out of both nodes and its connection ends at once. What it has received, it
            keeps: change what must not be used any more.
          </p>
        </ActionDialog>
      )}
    </Page>
  );
}

function FollowerRow(props: { one: FollowerView; readOnly: boolean; onRemove: () => void }) {
  const { one, readOnly } = props;
  const client = useQueryClient();
  const verify = useMutation({
    mutationFn: () => verifyFollower(one.name),
    onSuccess: (verdict) => sayDone(verdict.sentence),
    onError: sayFailed,
    onSettled: () => client.invalidateQueries({ queryKey: followersKey }),
  });
  const [state, text] = standings[one.state];
  return (
    <Table.Tr>
      <Table.Td className={styles['name'] ?? ''} fw={600}>
        {one.name}
      </Table.Td>
      <Table.Td>
        <StateLabel state={state}>{text}</StateLabel>
        {one.lagEntries === null ? null : <div className={styles['narrow']}>Behind: {behind(one)}</div>}
        {one.state === 'follows' ? null : <div className={styles['sentence']}>{one.sentence}</div>}
      </Table.Td>
      <Table.Td className={styles['wide'] ?? ''}>{behind(one)}</Table.Td>
      <Table.Td className={styles['wide'] ?? ''}>{scopeWords[one.scope]}</Table.Td>
      <Table.Td className={styles['wide'] ?? ''}>
        {one.verifiedAt === null ? 'not yet' : <Ago at={one.verifiedAt} />}
      </Table.Td>
      {readOnly ? null : (
        <Table.Td>
          <Group gap="xs" justify="flex-end">
            <Button
              size="xs"
              aria-label={`Compare ${one.name}`}
              disabled={!one.connected}
              loading={verify.isPending}
              onClick={() => verify.mutate()}
            >
              Compare
            </Button>
            <Button size="xs" aria-label={`Remove ${one.name}`} onClick={props.onRemove}>
              Remove…
            </Button>
          </Group>
        </Table.Td>
      )}
    </Table.Tr>
  );
}

const standings: Readonly<Record<FollowerView['state'], readonly [State, string]>> = {
  elsewhere: ['neutral', 'not known here'],
  unseen: ['neutral', 'not here yet'],
  away: ['warning', 'away'],
  begins: ['neutral', 'begins'],
  different: ['bad', 'different'],
  follows: ['good', 'follows'],
};

function behind({ lagEntries, lagMs }: FollowerView): string {
  if (lagEntries === null) return '';
  if (lagEntries === 0) return 'nothing';
  const changes = lagEntries === 1 ? '1 change' : `${lagEntries} changes`;
  return lagMs === null ? changes : `${changes}, ${Math.ceil(lagMs / 1_000)} s`;
}

function NoFollowers() {
  return (
    <Empty title="There are no followers">
      <ol className={styles['steps']}>
        <li>
          On a machine elsewhere with Tandem installed: <code>sudo tandem init --follower</code>, then{' '}
          <code>sudo tandem follower key</code>
        </li>
        <li>Add it here with the key that was shown there</li>
        <li>There again, type the command that is shown here</li>
      </ol>
    </Empty>
  );
}
