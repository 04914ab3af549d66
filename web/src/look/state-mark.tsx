import type { ReactNode } from 'react';
import styles from './state-mark.module.css';

export type State = 'good' | 'warning' | 'bad' | 'neutral';

const shapes: Record<State, ReactNode> = {
  good: <path d="M4 8.5l2.7 2.7L12 5.6" fill="none" stroke="currentColor" strokeWidth="2.2" />,
  warning: <path d="M8 3.2v6M8 11.2v2" fill="none" stroke="currentColor" strokeWidth="2.4" />,
  bad: <path d="M4 4l8 8M12 4l-8 8" fill="none" stroke="currentColor" strokeWidth="2.4" />,
  neutral: <circle cx="8" cy="8" r="3.4" fill="none" stroke="currentColor" strokeWidth="2" />,
};

/** A state as shape and colour together: it is readable without seeing colours. The text beside it says it in words. */
export function StateMark({ state, size = 16 }: { state: State; size?: number }) {
  return (
    <svg
      className={styles['mark']}
      data-state={state}
      width={size}
      height={size}
      viewBox="0 0 16 16"
      aria-hidden="true"
    >
      {shapes[state]}
    </svg>
  );
}

/** A state in a word, as a small label. */
export function StateLabel({ state, children }: { state: State; children: ReactNode }) {
  return (
    <span className={styles['label']} data-state={state}>
      <StateMark state={state} size={14} />
      {children}
    </span>
  );
}
