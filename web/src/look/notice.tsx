import type { ReactNode } from 'react';
import { ApiError } from '../api/request.ts';
import styles from './notice.module.css';
import { type State, StateMark } from './state-mark.tsx';

/** Something a person should know here and now. `announce` reads it out when it appears. */
export function Notice(props: { state: State; title: ReactNode; announce?: boolean; children?: ReactNode }) {
  return (
    <div
      className={styles['notice']}
      data-state={props.state}
      role={props.announce === true ? 'alert' : undefined}
    >
      <StateMark state={props.state} size={18} />
      <div className={styles['words']}>
        <p className={styles['title']}>{props.title}</p>
        {props.children === undefined ? null : <div className={styles['text']}>{props.children}</div>}
      </div>
    </div>
  );
}

/** A failure in the words of the API: what happened, and the next step. */
export function Problem({ error }: { error: unknown }) {
  if (error === null || error === undefined) return null;
  const message = error instanceof Error ? error.message : String(error);
  return (
    <Notice state="bad" title={message} announce>
      {error instanceof ApiError ? error.hint : undefined}
    </Notice>
  );
}
