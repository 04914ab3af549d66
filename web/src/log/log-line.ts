export const levels = [
  ['debug', 'Everything'],
  ['info', 'Information and worse'],
  ['warning', 'Warnings and errors'],
  ['error', 'Errors'],
] as const;

type Level = (typeof levels)[number][0];

export interface LogLine {
  readonly raw: string;
  readonly time: string;
  readonly level: Level;
  readonly message: string;
  /** What else the line says: `name=value`. */
  readonly rest: string;
}

const clock = new Intl.DateTimeFormat(undefined, { dateStyle: 'short', timeStyle: 'medium' });
const silent = new Set(['level', 'time', 'msg', 'pid', 'hostname', 'v']);

/** One line as pino writes it; whatever is no such line is shown as it is. */
export function readLine(raw: string): LogLine {
  const value = parsed(raw);
  if (value === undefined) return { raw, time: '', level: 'info', message: raw, rest: '' };
  const time =
    typeof value['time'] === 'number' || typeof value['time'] === 'string'
      ? new Date(value['time'])
      : undefined;
  const rest = Object.entries(value)
    .filter(([name]) => !silent.has(name))
    .map(([name, one]) => `${name}=${typeof one === 'string' ? one : JSON.stringify(one)}`);
  return {
    raw,
    time: time === undefined || Number.isNaN(time.getTime()) ? '' : clock.format(time),
    level: levelOf(value['level']),
    message: typeof value['msg'] === 'string' ? value['msg'] : '',
    rest: rest.join(' '),
  };
}

/** pino's numbers: 20 debug, 30 info, 40 warning, 50 error, 60 fatal. */
function levelOf(level: unknown): Level {
  const number =
    typeof level === 'number' ? level : ({ debug: 20, info: 30, warn: 40, error: 50 }[String(level)] ?? 30);
  return number >= 50 ? 'error' : number >= 40 ? 'warning' : number >= 30 ? 'info' : 'debug';
}

function parsed(raw: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(raw);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
