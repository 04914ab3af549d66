import { type ReactNode, useEffect } from 'react';
import styles from './page.module.css';

/** The frame of every page: its title (also of the tab), what it is for, and its main actions. */
export function Page(props: { title: string; about?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  useEffect(() => {
    document.title = `${props.title} · Tandem`;
  }, [props.title]);
  return (
    <>
      <div className={styles['head']}>
        <div className={styles['words']}>
          <h1 className={styles['title']}>{props.title}</h1>
          {props.about === undefined ? null : <p className={styles['about']}>{props.about}</p>}
        </div>
        {props.actions === undefined ? null : <div className={styles['actions']}>{props.actions}</div>}
      </div>
      <div className={styles['body']}>{props.children}</div>
    </>
  );
}

/** A part of a page with a heading of its own. */
export function Panel(props: {
  title?: string;
  about?: ReactNode;
  actions?: ReactNode;
  flush?: boolean;
  children: ReactNode;
}) {
  return (
    <section className={styles['panel']}>
      {props.title === undefined ? null : (
        <div className={styles['panelHead']}>
          <div className={styles['words']}>
            <h2 className={styles['panelTitle']}>{props.title}</h2>
            {props.about === undefined ? null : <p className={styles['panelAbout']}>{props.about}</p>}
          </div>
          {props.actions}
        </div>
      )}
      <div className={props.flush === true ? styles['flush'] : styles['panelBody']}>{props.children}</div>
    </section>
  );
}

/** What stands where there is nothing yet: what would be here, and how it gets here. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className={styles['empty']}>
      <p className={styles['emptyTitle']}>{title}</p>
      {children}
    </div>
  );
}

/** Facts with their names, one under the other. */
export function Facts({ children }: { children: ReactNode }) {
  return <dl className={styles['facts']}>{children}</dl>;
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={styles['fact']}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
