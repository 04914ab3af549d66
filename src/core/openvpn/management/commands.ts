/** What is written to the socket, and how its answer ends: with one line, or with `END` after many. */
export interface Command {
  /** The command's word, for errors. Never holds what a user typed. */
  readonly name: string;
  readonly text: string;
  readonly answer: 'line' | 'block';
}

export type Signal = 'SIGHUP' | 'SIGTERM' | 'SIGUSR1' | 'SIGUSR2';

/** How a client is sent away: it starts over keeping its password or token, it starts over, or it ends with a reason. */
export type KillMessage = 'RESTART,[P]' | 'RESTART' | `HALT,${string}`;

/** OpenVPN cuts longer words off; what it does with the rest is not worth finding out. */
const MAX_REASON_LENGTH = 200;

export const version: Command = { name: 'version', text: 'version\n', answer: 'block' };
export const pid: Command = { name: 'pid', text: 'pid\n', answer: 'line' };
export const status: Command = { name: 'status', text: 'status 3\n', answer: 'block' };
export const holdRelease: Command = { name: 'hold', text: 'hold release\n', answer: 'line' };

/** Every `seconds` a `bytecount` message for each client whose counters moved; 0 switches them off. */
export function bytecount(seconds: number): Command {
  return line('bytecount', whole(seconds));
}

export function signal(name: Signal): Command {
  return line('signal', name);
}

/**
 * Lets a client in. `lines` are options as in its file in `client-config-dir`; lines that could end the block early are
 * left out by refusing them.
 * @throws RangeError for a line that is not one line, or `END`
 */
export function clientAuth(cid: number, kid: number, lines: readonly string[]): Command {
  for (const text of lines) {
    if (text === 'END' || text.length > 255 || !isPrintable(text)) {
      throw new RangeError('a line for client-auth must be one line of at most 255 characters and not END');
    }
  }
  const text = [`client-auth ${whole(cid)} ${whole(kid)}`, ...lines, 'END', ''].join('\n');
  return { name: 'client-auth', text, answer: 'line' };
}

/** Lets a client in with nothing but what its file says. */
export function clientAuthNt(cid: number, kid: number): Command {
  return line('client-auth-nt', whole(cid), whole(kid));
}

/** Refuses a client: `reason` goes to OpenVPN's log, `clientReason` to the client (`AUTH_FAILED,…`). */
export function clientDeny(cid: number, kid: number, reason: string, clientReason: string): Command {
  return line('client-deny', whole(cid), whole(kid), quoted(reason), quoted(clientReason));
}

export function clientKill(cid: number, message: KillMessage): Command {
  return line('client-kill', whole(cid), quoted(message));
}

function line(name: string, ...words: readonly string[]): Command {
  return { name, text: `${[name, ...words].join(' ')}\n`, answer: 'line' };
}

function whole(value: number): string {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not a whole number: ${value}`);
  return String(value);
}

// The lexer of options.c: inside double quotes a backslash takes the next character as it is.
function quoted(text: string): string {
  const clean = Array.from(text, (character) => (isPrintable(character) ? character : '?'));
  const short = clean.slice(0, MAX_REASON_LENGTH).join('');
  return `"${short.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

function isPrintable(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}
