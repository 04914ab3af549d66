import { type State, StateLabel } from '../look/state-mark.tsx';
import type { ValidationAnswer } from './failover.ts';
import styles from './validation-rows.module.css';

type Row = ValidationAnswer['rows'][number];

const marks: Record<Row['state'], { readonly state: State; readonly word: string }> = {
  pending: { state: 'neutral', word: 'looking' },
  good: { state: 'good', word: 'GOOD' },
  warning: { state: 'warning', word: 'warning' },
  problem: { state: 'bad', word: 'problem' },
  skipped: { state: 'neutral', word: 'not looked at' },
};

/** What was looked at, row by row, with the remedy where there is something to do. */
export function ValidationRows({ answer }: { answer: ValidationAnswer }) {
  return (
    <>
      <p className={styles['summary']} role="status">
        {summary(answer)}
      </p>
      <ul className={styles['rows']} aria-label="Validation">
        {answer.rows.map((row) => (
          <li key={row.id} className={styles['row']} data-row={row.id}>
            <span className={styles['state']}>
              <StateLabel state={marks[row.state].state}>{marks[row.state].word}</StateLabel>
            </span>
            <div className={styles['words']}>
              <span className={styles['title']}>{row.title}</span>
              {row.sentence === '' || row.state === 'pending' ? null : (
                <span className={styles['sentence']}>{row.sentence}</span>
              )}
              {row.remedy === null ? null : <span className={styles['remedy']}>{row.remedy}</span>}
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}

function summary({ running, rows }: ValidationAnswer): string {
  const count = (wanted: Row['state']): number => rows.filter(({ state }) => state === wanted).length;
  if (running) return `Looking: ${rows.length - count('pending')} of ${rows.length} done.`;
  const [problems, warnings] = [count('problem'), count('warning')];
  if (problems > 0) return `${problems} of ${rows.length} rows ${problems === 1 ? 'has' : 'have'} a problem.`;
  return warnings > 0
    ? `The pair can be made; ${warnings} of ${rows.length} rows ${warnings === 1 ? 'has' : 'have'} a warning.`
    : 'All GOOD.';
}
