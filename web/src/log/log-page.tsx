import { NativeSelect, TextInput } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { LogView } from '../../../src/api/overview-contract.ts';
import { request } from '../api/request.ts';
import { Problem } from '../look/notice.tsx';
import { Empty, Page, Panel } from '../look/page.tsx';
import styles from './log.module.css';
import { type LogLine, levels, readLine } from './log-line.ts';

/** What the server of this node logged last, newest first. */
export default function LogPage() {
  const [level, setLevel] = useState('info');
  const [search, setSearch] = useState('');
  const { data, error } = useQuery({
    queryKey: ['log'],
    queryFn: ({ signal }) => request<LogView>('/log?lines=1000', { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: 3_000,
  });
  const least = levels.findIndex(([name]) => name === level);
  const wanted = search.trim().toLowerCase();
  const lines = (data?.lines ?? [])
    .map((text, place) => ({ ...readLine(text), place }))
    .filter((line) => levels.findIndex(([name]) => name === line.level) >= least)
    .filter((line) => wanted === '' || line.raw.toLowerCase().includes(wanted))
    .toReversed();
  return (
    <Page
      title="Log"
      about={`What ${data?.node ?? 'this node'} logged last, newest first. The whole log is in the journal of the system: journalctl -u tandem.`}
    >
      <Problem error={error} />
      <Panel flush>
        <div className={styles['tools']}>
          <NativeSelect
            aria-label="From which level on"
            value={level}
            data={levels.map(([value, label]) => ({ value, label }))}
            onChange={(event) => setLevel(event.currentTarget.value)}
          />
          <TextInput
            aria-label="Search the log"
            placeholder="Search"
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
        </div>
        {lines.length === 0 && data !== undefined ? <Empty title="Nothing of that kind was logged" /> : null}
        <ol className={styles['lines']} aria-label="Lines of the log, newest first">
          {lines.map((line) => (
            <Line key={`${line.place} ${line.raw}`} line={line} />
          ))}
        </ol>
      </Panel>
    </Page>
  );
}

function Line({ line }: { line: LogLine }) {
  return (
    <li className={styles['line']} data-level={line.level}>
      <time className={styles['time']}>{line.time}</time>
      <span className={styles['level']}>{line.level}</span>
      <span className={styles['message']}>
        {line.message}
        {line.rest === '' ? null : <span className={styles['rest']}> {line.rest}</span>}
      </span>
    </li>
  );
}
