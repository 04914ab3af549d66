export const logLevels = ['debug', 'info', 'warning', 'error'] as const;
type LogLevel = (typeof logLevels)[number];

export const logProcesses = ['server', 'heartbeat', 'supervisor', 'openvpn', 'conntrackd', 'other'] as const;
type LogProcess = (typeof logProcesses)[number];

/** One line of the service's log, whoever of its processes wrote it. */
export interface LogLine {
  /** ISO 8601; empty where the line says no time. */
  readonly at: string;
  readonly process: LogProcess;
  readonly level: LogLevel;
  readonly text: string;
}

export interface LogWish {
  readonly least: LogLevel;
  readonly process: LogProcess | 'all';
  /** Anywhere in the line, upper or lower case. */
  readonly search: string;
  readonly most: number;
}

const longestText = 2_000;
/** pino's numbers and names. */
const numbered: readonly (readonly [from: number, level: LogLevel])[] = [
  [50, 'error'],
  [40, 'warning'],
  [30, 'info'],
];
const named: Readonly<Record<string, LogLevel>> = {
  fatal: 'error',
  error: 'error',
  warn: 'warning',
  info: 'info',
};
const beside: ReadonlySet<string> = new Set([
  'level',
  'time',
  'msg',
  'pid',
  'hostname',
  'node',
  'process',
  'service',
]);
/** OpenVPN's own: `2026-11-22 18:30:01 us=123456 text`. */
const openvpnLine = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?: us=\d+)? (.*)$/;
/** conntrackd's: `[Sun Nov 22 18:30:01 2026] (pid=1) [notice] text`. */
const conntrackdLine = /^\[(.{24})\] \(pid=\d+\) \[(\w+)\] (.*)$/;

/** What a line says; one that no known process would write is taken as it is. */
export function readLogLine(line: string): LogLine {
  const said = parsed(line);
  if (said !== undefined) return ofOurs(said);
  const [, at = '', text = ''] = openvpnLine.exec(line) ?? [];
  if (at !== '') return { at: fromLocal(at), process: 'openvpn', level: openvpnLevel(text), text: cut(text) };
  const [, when = '', level = '', told = ''] = conntrackdLine.exec(line) ?? [];
  if (when !== '') {
    const grave = level === 'ERROR' ? 'error' : level === 'warning' ? 'warning' : 'info';
    return { at: fromLocal(when), process: 'conntrackd', level: grave, text: cut(told) };
  }
  return { at: '', process: 'other', level: wordLevel(line), text: cut(line) };
}

/** The last of those that fit, oldest first. */
export function chooseLines(lines: readonly string[], wish: LogWish): LogLine[] {
  const wanted = wish.search.toLowerCase();
  const least = logLevels.indexOf(wish.least);
  const found: LogLine[] = [];
  for (let at = lines.length - 1; at >= 0 && found.length < wish.most; at -= 1) {
    const line = readLogLine(lines[at] ?? '');
    const fits =
      logLevels.indexOf(line.level) >= least &&
      (wish.process === 'all' || line.process === wish.process) &&
      (wanted === '' || `${line.process} ${line.text}`.toLowerCase().includes(wanted));
    if (fits) found.push(line);
  }
  return found.reverse();
}

function ofOurs(said: Readonly<Record<string, unknown>>): LogLine {
  const { level, time, msg } = said;
  const rest = Object.entries(said)
    .filter(([name]) => !beside.has(name))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const who = said['process'] ?? said['service'];
  return {
    at: typeof time === 'string' ? time : typeof time === 'number' ? new Date(time).toISOString() : '',
    process: logProcesses.find((one) => one === who) ?? 'other',
    level:
      typeof level === 'number'
        ? (numbered.find(([from]) => level >= from)?.[1] ?? 'debug')
        : (named[String(level)] ?? 'debug'),
    text: cut([typeof msg === 'string' ? msg : '', ...rest].filter((part) => part !== '').join(' ')),
  };
}

/** What a program of this machine wrote, which names no time zone: it is this process's own. */
function fromLocal(text: string): string {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? text : at.toISOString();
}

/** That we ask it each second whether it lives is nothing to read. */
function openvpnLevel(text: string): LogLevel {
  return text.startsWith("MANAGEMENT: CMD '") ? 'debug' : wordLevel(text);
}

/** OpenVPN has no levels, but words that it begins such lines with. */
function wordLevel(text: string): LogLevel {
  if (/\b(ERROR|FATAL|Exiting due to fatal error|AUTH_FAILED)\b/i.test(text)) return 'error';
  return /\bWARNING\b/.test(text) ? 'warning' : 'info';
}

function parsed(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function cut(text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText)}…` : text;
}
