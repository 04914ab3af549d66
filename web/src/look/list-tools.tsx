import { NativeSelect, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import styles from './list-tools.module.css';

/** Above a long list: what to look for, and which of its kinds to show. */
export function ListTools<Kind extends string>(props: {
  /** `Search by name`. */
  readonly searchLabel: string;
  readonly search: string;
  readonly onSearch: (search: string) => void;
  /** `Which users`. */
  readonly kindLabel: string;
  readonly kinds: readonly (readonly [kind: Kind, label: string])[];
  readonly kind: Kind;
  readonly onKind: (kind: Kind) => void;
  readonly children?: React.ReactNode;
}) {
  return (
    <div className={styles['tools']}>
      <TextInput
        className={styles['search'] ?? ''}
        aria-label={props.searchLabel}
        placeholder={props.searchLabel}
        leftSection={<IconSearch size={16} />}
        value={props.search}
        onChange={(event) => props.onSearch(event.currentTarget.value)}
      />
      <NativeSelect
        aria-label={props.kindLabel}
        value={props.kind}
        data={props.kinds.map(([value, label]) => ({ value, label }))}
        onChange={(event) => {
          const chosen = props.kinds.find(([kind]) => kind === event.currentTarget.value);
          if (chosen !== undefined) props.onKind(chosen[0]);
        }}
      />
      {props.children}
    </div>
  );
}
