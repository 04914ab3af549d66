import { type State, StateMark } from '../look/state-mark.tsx';
import type { MakingAnswer } from './failover.ts';
import styles from './making-steps.module.css';

type StepState = MakingAnswer['steps'][number]['state'];

const marks: Record<StepState, { readonly state: State; readonly word: string }> = {
  pending: { state: 'neutral', word: 'waits' },
  running: { state: 'neutral', word: 'now' },
  done: { state: 'good', word: 'done' },
  failed: { state: 'bad', word: 'failed' },
};

/** How far it is, one line for each step. */
export function MakingSteps({ steps }: { steps: MakingAnswer['steps'] }) {
  return (
    <ol className={styles['steps']} aria-label="Progress" aria-live="polite">
      {steps.map(({ id, title, state }) => (
        <li key={id} className={styles['step']} data-state={state}>
          <StateMark state={marks[state].state} />
          <span className={styles['title']}>{title}</span>
          <span className={styles['word']}>{marks[state].word}</span>
        </li>
      ))}
    </ol>
  );
}
