import { Button, Group } from '@mantine/core';
import styles from './pager.module.css';

/** Which part of a long list is shown, and the way to the rest. */
export function Pager(props: {
  offset: number;
  limit: number;
  total: number;
  what: string;
  onOffset: (offset: number) => void;
}) {
  const { offset, limit, total, what, onOffset } = props;
  if (total === 0) return null;
  const last = Math.min(offset + limit, total);
  const count = new Intl.NumberFormat();
  return (
    <nav className={styles['pager']} aria-label={`Pages of ${what}`}>
      <span aria-live="polite">
        {count.format(offset + 1)}–{count.format(last)} of {count.format(total)} {what}
      </span>
      {total <= limit ? null : (
        <Group gap="xs">
          <Button size="xs" disabled={offset === 0} onClick={() => onOffset(Math.max(0, offset - limit))}>
            Previous
          </Button>
          <Button size="xs" disabled={last >= total} onClick={() => onOffset(offset + limit)}>
            Next
          </Button>
        </Group>
      )}
    </nav>
  );
}
