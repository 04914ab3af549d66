import { TandemError } from '../../core/errors.ts';

/**
 * What an administrator may say to the server beside our own lines: tuning and pushes. None of these runs a program, names
 * a file, opens a door or takes back one of our lines; the supervisor, which starts OpenVPN as root, insists on that.
 */
const serverDirectives: ReadonlySet<string> = new Set([
  ...[
    'auth',
    'data-ciphers',
    'tls-cipher',
    'tls-ciphersuites',
    'tls-groups',
    'tls-version-min',
    'tls-version-max',
  ],
  ...['bcast-buffers', 'connect-freq', 'connect-freq-initial', 'fast-io', 'float', 'fragment', 'hand-window'],
  ...[
    'hash-size',
    'inactive',
    'link-mtu',
    'max-clients',
    'max-packet-size',
    'max-routes-per-client',
    'mssfix',
  ],
  ...['mtu-test', 'mute', 'mute-replay-warnings', 'passtos', 'push', 'push-remove', 'rcvbuf', 'reneg-bytes'],
  ...[
    'reneg-pkts',
    'reneg-sec',
    'replay-window',
    'route',
    'route-ipv6',
    'session-timeout',
    'shaper',
    'sndbuf',
  ],
  ...['socket-flags', 'stale-routes-check', 'tcp-nodelay', 'tcp-queue-limit', 'tls-timeout', 'tran-window'],
  ...['tun-mtu', 'tun-mtu-extra', 'tun-mtu-max', 'txqueuelen', 'verb'],
]);

const mostLines = 100;
const line = /^[\x20-\x7e\t]{1,255}$/;

/**
 * The lines of the free server directives, without comments and empty ones.
 * @throws TandemError `settings.directive` naming the line and why it cannot be
 */
export function checkedDirectives(text: string): string[] {
  const lines = directiveLines(text);
  for (const { number, words } of lines) {
    const name = words.split(/\s+/)[0] ?? '';
    if (!serverDirectives.has(name)) {
      throw badDirective(
        number,
        words,
        'it is not among the directives that may be set freely (it would run a program, name a file, or change what Tandem itself says)',
      );
    }
  }
  return lines.map(({ words }) => words);
}

/** @throws TandemError `settings.directive` for a line that is not plain text, or too many */
export function directiveLines(text: string): { readonly number: number; readonly words: string }[] {
  const lines = text
    .split(/\r?\n/)
    .map((words, index) => ({ number: index + 1, words: words.trim().replace(/^--/, '') }))
    .filter(({ words }) => words !== '' && !/^[#;]/.test(words));
  if (lines.length > mostLines)
    throw badDirective(mostLines + 1, '', `there are more than ${mostLines} lines`);
  for (const { number, words } of lines) {
    if (!line.test(words))
      throw badDirective(number, words, 'it holds other than plain text, or is too long');
    if (words.startsWith('<')) throw badDirective(number, words, 'blocks such as <ca> are not taken');
  }
  return lines;
}

export function badDirective(number: number, words: string, reason: string): TandemError {
  return new TandemError({
    code: 'settings.directive',
    culprit: 'caller',
    message: `Line ${number} of the directives (${JSON.stringify(words)}) cannot be: ${reason}. Nothing was changed.`,
    hint: 'Correct or remove that line',
  });
}
