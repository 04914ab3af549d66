import { useNow } from './use-now.ts';

const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const dateOnly = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

const units = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** A length of time in at most two units: `3 h 12 min`. */
export function spanText(milliseconds: number): string {
  let rest = Math.max(0, Math.round(milliseconds / 1_000));
  const parts: string[] = [];
  for (const [name, seconds] of units) {
    const count = Math.floor(rest / seconds);
    if (count > 0 || (name === 's' && parts.length === 0)) parts.push(`${count} ${name}`);
    rest -= count * seconds;
    if (parts.length === 2) break;
  }
  return parts.join(' ');
}

/** How long ago, with the exact time on hover: there may be hundreds on a page. */
export function Ago({ at, bare = false }: { at: string; bare?: boolean }) {
  const now = useNow();
  const span = spanText(now - Date.parse(at));
  return (
    <time dateTime={at} title={dateTime.format(new Date(at))}>
      {bare ? span : `${span} ago`}
    </time>
  );
}

export function Moment({ at }: { at: string }) {
  return <time dateTime={at}>{dateTime.format(new Date(at))}</time>;
}

export function Day({ at }: { at: string }) {
  return <time dateTime={at}>{dateOnly.format(new Date(at))}</time>;
}
