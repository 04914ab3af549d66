import { Button } from '@mantine/core';
import { useState } from 'react';
import { ActionDialog } from '../look/action-dialog.tsx';
import { changeMany, usersKey } from './users.ts';
import styles from './users-page.module.css';

type Bulk = 'block' | 'unblock' | 'remove';

const words: Record<Bulk, { title: string; submit: string; consequence: string; done: string }> = {
  block: {
    title: 'Block',
    submit: 'Block',
    consequence:
      'Who is connected is disconnected at once and gets in again only when unblocked. Nothing is deleted.',
    done: 'blocked',
  },
  unblock: {
    title: 'Unblock',
    submit: 'Unblock',
    consequence: 'They can log in again with their password and profile.',
    done: 'unblocked',
  },
  remove: {
    title: 'Remove',
    submit: 'Remove for good',
    consequence:
      'Who is connected is disconnected. Accounts, profiles and certificates are gone for good; a backup has them until it is overwritten.',
    done: 'removed',
  },
};

/** What can be done with everybody who is selected, one after the other. */
export function BulkBar({ selected, onDone }: { selected: readonly string[]; onDone: () => void }) {
  const [bulk, setBulk] = useState<Bulk | undefined>();
  const people = selected.length === 1 ? (selected[0] ?? '') : `${selected.length} users`;
  return (
    <div className={styles['bulk']}>
      <p>{selected.length} selected</p>
      <Button size="xs" onClick={() => setBulk('block')}>
        Block…
      </Button>
      <Button size="xs" onClick={() => setBulk('unblock')}>
        Unblock…
      </Button>
      <Button size="xs" onClick={() => setBulk('remove')}>
        Remove…
      </Button>
      <Button size="xs" variant="subtle" onClick={onDone}>
        Select nobody
      </Button>
      {bulk === undefined ? null : (
        <ActionDialog
          title={`${words[bulk].title} ${people}`}
          submit={words[bulk].submit}
          grave={bulk === 'remove'}
          action={() => changeMany(selected, bulk)}
          done={({ results }) => outcome(results, words[bulk].done)}
          refresh={usersKey}
          onDone={onDone}
          onClose={() => setBulk(undefined)}
        >
          <p>{words[bulk].consequence}</p>
          {selected.length > 1 ? <p>{shortened(selected)}</p> : null}
        </ActionDialog>
      )}
    </div>
  );
}

const mostNamed = 12;

function shortened(names: readonly string[]): string {
  const rest = names.length - mostNamed;
  return `${names.slice(0, mostNamed).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}.`;
}

function outcome(results: Awaited<ReturnType<typeof changeMany>>['results'], done: string): string {
  const failed = results.filter((one) => !one.done);
  const worked = `${results.length - failed.length} ${done}.`;
  return [worked, ...failed.map(({ name, problem }) => `${name}: ${problem}`)].join(' ');
}
