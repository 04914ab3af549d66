import { Button, NativeSelect } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { LogLine, LogView } from '../../../src/api/overview-contract.ts';
import { request } from '../api/request.ts';
import { downloadText } from '../look/download.ts';
import { ListTools } from '../look/list-tools.tsx';
import { Problem } from '../look/notice.tsx';
import { Empty, Page, Panel } from '../look/page.tsx';
import styles from './log.module.css';

const mostLines = '1000';
const clock = new Intl.DateTimeFormat(undefined, { dateStyle: 'short', timeStyle: 'medium' });

const levels = [
  ['debug', 'Everything'],
  ['info', 'Information and worse'],
  ['warning', 'Warnings and errors'],
  ['error', 'Errors'],
] as const;
const processes = [
  ['all', 'All processes'],
  ['server', 'Server'],
  ['openvpn', 'OpenVPN'],
  ['heartbeat', 'Heartbeat'],
  ['supervisor', 'Supervisor'],
  ['conntrackd', 'Connection tracking'],
] as const;

/** What the processes of either node logged last, newest first. */
export default function LogPage() {
  const [of, setOf] = useState('this');
  const [level, setLevel] = useState<(typeof levels)[number][0]>('info');
  const [process, setProcess] = useState('all');
  const [search, setSearch] = useState('');
  const [wanted] = useDebouncedValue(search.trim(), 300);
  const query = new URLSearchParams({ of, level, process, search: wanted, lines: mostLines }).toString();
  const { data, error } = useQuery({
    queryKey: ['log', query],
    queryFn: ({ signal }) => request<LogView>(`/log?${query}`, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: 5_000,
    retry: false,
  });
  // Those of the node that was shown before are not shown as another's.
  const lines = error === null ? (data?.lines ?? []).toReversed() : [];
  const shown = of === 'this' ? data?.node : data?.other;
  return (
    <Page
      title="Log"
      about={`What the processes of ${shown ?? 'this node'} logged last, newest first, at most ${mostLines} lines. All of it is in the journal of the system: journalctl -u tandem.`}
      actions={
        <Button
          disabled={lines.length === 0}
          onClick={() =>
            downloadText(
              `tandem-${shown ?? 'node'}.log`,
              lines.toReversed().map(asText).join(''),
              'text/plain',
            )
          }
        >
          Download these lines
        </Button>
      }
    >
      <Panel flush>
        <ListTools
          searchLabel="Search the log"
          search={search}
          onSearch={setSearch}
          kindLabel="From which level on"
          kinds={levels}
          kind={level}
          onKind={setLevel}
        >
          <NativeSelect
            aria-label="Of which process"
            value={process}
            data={processes.map(([value, label]) => ({ value, label }))}
            onChange={(event) => setProcess(event.currentTarget.value)}
          />
          {data?.other === null || data === undefined ? null : (
            <NativeSelect
              aria-label="Of which node"
              value={of}
              data={[
                { value: 'this', label: data.node },
                { value: 'other', label: data.other },
              ]}
              onChange={(event) => setOf(event.currentTarget.value)}
            />
          )}
        </ListTools>
        <Problem error={error} />
        {lines.length === 0 && data !== undefined && error === null ? (
          <Empty title="Nothing of that kind was logged" />
        ) : null}
        <ol className={styles['lines']} aria-label="Lines of the log, newest first">
          {keyed(lines).map(([key, line]) => (
            <Line key={key} line={line} />
          ))}
        </ol>
      </Panel>
    </Page>
  );
}

/** Lines may be equal; of equal ones each has its number. */
function keyed(lines: readonly LogLine[]): (readonly [key: string, line: LogLine])[] {
  const seen = new Map<string, number>();
  return lines.map((line) => {
    const words = asText(line);
    const count = (seen.get(words) ?? 0) + 1;
    seen.set(words, count);
    return [`${words}${count}`, line];
  });
}

function asText({ at, process, level, text }: LogLine): string {
  return `${at} ${process} ${level} ${text}\n`;
}

function timeText(at: string): string {
  const time = Date.parse(at);
  return at.endsWith('Z') && !Number.isNaN(time) ? clock.format(time) : at;
}

function Line({ line }: { line: LogLine }) {
  return (
    <li className={styles['line']} data-level={line.level}>
      <time className={styles['time']}>{timeText(line.at)}</time>
      <span className={styles['level']}>{line.level}</span>
      <span className={styles['message']}>
        <span className={styles['rest']}>{line.process} </span>
        {line.text}
      </span>
    </li>
  );
}
