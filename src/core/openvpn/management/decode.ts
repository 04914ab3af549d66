import { EMPTY_LINES, type LineBuffer, splitLines } from './lines.ts';
import type { DropReason, ManagementMessage } from './messages.ts';

/** A client's event whose environment is still arriving. */
interface OpenEvent {
  readonly kind: 'connect' | 'reauth' | 'established' | 'disconnected' | 'other';
  readonly cid: number;
  readonly kid: number;
  readonly env: Variable | undefined;
  readonly variables: number;
  readonly password: string;
  /** Characters of environment so far; -1 once there were too many. */
  readonly size: number;
}

/** The newest variable, and those before it. */
interface Variable {
  readonly name: string;
  readonly value: string;
  readonly before: Variable | undefined;
}

export interface Decoder {
  readonly lines: LineBuffer;
  readonly open: OpenEvent | undefined;
}

export const NEW_DECODER: Decoder = { lines: EMPTY_LINES, open: undefined };

/** A client of 2.6 brings about sixty variables of 30 characters each. */
const MAX_ENVIRONMENT = 32_768;
const MAX_VARIABLES = 512;
const NUMBER = /^[0-9]{1,15}$/;

/**
 * Takes what the socket delivered, in any portions, and returns whole messages. Never throws: what cannot be understood
 * becomes a `dropped` message with its reason. Format: OpenVPN 2.6, doc/management-notes.txt.
 */
export function decode(decoder: Decoder, chunk: string): { decoder: Decoder; messages: ManagementMessage[] } {
  const split = splitLines(decoder.lines, chunk);
  const messages: ManagementMessage[] = Array.from({ length: split.tooLong }, () => dropped('line-too-long'));
  let open = decoder.open;
  for (const line of split.lines) {
    const step = decodeLine(open, line);
    open = step.open;
    messages.push(...step.messages);
  }
  return { decoder: { lines: split.buffer, open }, messages };
}

interface Step {
  readonly open: OpenEvent | undefined;
  readonly messages: readonly ManagementMessage[];
}

function decodeLine(open: OpenEvent | undefined, line: string): Step {
  if (!line.startsWith('>')) return { open, messages: [{ type: 'reply', line }] };
  const colon = line.indexOf(':');
  if (colon === -1) return { open, messages: [dropped('malformed')] };
  const text = line.slice(colon + 1);
  if (line.startsWith('>CLIENT:')) return decodeClient(open, text);
  return { open, messages: [decodeNotification(line.slice(1, colon), text)] };
}

function decodeClient(open: OpenEvent | undefined, text: string): Step {
  if (text.startsWith('ENV,')) return decodeVariable(open, text.slice('ENV,'.length));
  // OpenVPN writes an event and its environment in one go, so whatever is still open was cut short.
  const messages: ManagementMessage[] = open === undefined ? [] : [dropped('event-without-environment')];
  const [kind, ...fields] = text.split(',');
  const cid = number(fields[0]);
  if (cid === undefined) return { open: undefined, messages: [...messages, dropped('malformed')] };
  switch (kind) {
    case 'CONNECT':
    case 'REAUTH': {
      const kid = number(fields[1]);
      if (kid === undefined) return { open: undefined, messages: [...messages, dropped('malformed')] };
      return { open: newEvent(kind === 'CONNECT' ? 'connect' : 'reauth', cid, kid), messages };
    }
    case 'ESTABLISHED':
      return { open: newEvent('established', cid, 0), messages };
    case 'DISCONNECT':
      return { open: newEvent('disconnected', cid, 0), messages };
    case 'CR_RESPONSE':
      return { open: newEvent('other', cid, 0), messages };
    case 'ADDRESS':
      return { open: undefined, messages: [...messages, decodeAddress(cid, fields)] };
    default:
      return { open: undefined, messages: [...messages, dropped('unknown-notification')] };
  }
}

function newEvent(kind: OpenEvent['kind'], cid: number, kid: number): OpenEvent {
  return { kind, cid, kid, env: undefined, variables: 0, password: '', size: 0 };
}

function decodeVariable(open: OpenEvent | undefined, text: string): Step {
  if (open === undefined) {
    return { open, messages: text === 'END' ? [] : [dropped('environment-without-event')] };
  }
  if (text === 'END') return { open: undefined, messages: [closeEvent(open)] };
  const size = open.size + text.length + 1;
  if (open.size < 0 || size > MAX_ENVIRONMENT || open.variables >= MAX_VARIABLES) {
    return { open: { ...open, env: undefined, password: '', size: -1 }, messages: [] };
  }
  const equals = text.indexOf('=');
  const name = equals === -1 ? text : text.slice(0, equals);
  const value = equals === -1 ? '' : text.slice(equals + 1);
  if (name === 'password') return { open: { ...open, password: value, size }, messages: [] };
  const env = { name, value, before: open.env };
  return { open: { ...open, env, variables: open.variables + 1, size }, messages: [] };
}

function closeEvent({ kind, cid, kid, env: newest, password, size }: OpenEvent): ManagementMessage {
  if (size < 0) return dropped('environment-too-large');
  const env = environmentOf(newest);
  if (kind === 'connect' || kind === 'reauth') {
    return { type: 'login', kind, cid, kid, env, password: () => password };
  }
  return kind === 'other' ? dropped('unknown-notification') : { type: kind, cid, env };
}

function environmentOf(newest: Variable | undefined): ReadonlyMap<string, string> {
  const variables: [string, string][] = [];
  for (let one = newest; one !== undefined; one = one.before) variables.push([one.name, one.value]);
  return new Map(variables.reverse());
}

function decodeAddress(cid: number, fields: readonly string[]): ManagementMessage {
  const address = fields[1];
  if (address === undefined) return dropped('malformed');
  return { type: 'address', cid, address, primary: fields[2] === '1' };
}

function decodeNotification(name: string, text: string): ManagementMessage {
  const [first, second, ...rest] = text.split(',');
  switch (name) {
    case 'BYTECOUNT_CLI': {
      const [cid, bytesReceived, bytesSent] = [number(first), number(second), number(rest[0])];
      if (cid === undefined || bytesReceived === undefined || bytesSent === undefined)
        return dropped('malformed');
      return { type: 'bytecount', cid, bytesReceived, bytesSent };
    }
    case 'LOG': {
      const timeSeconds = number(first);
      if (timeSeconds === undefined || second === undefined) return dropped('malformed');
      return { type: 'log', timeSeconds, flags: second, text: rest.join(',') };
    }
    case 'STATE': {
      const timeSeconds = number(first);
      if (timeSeconds === undefined || second === undefined) return dropped('malformed');
      return { type: 'state', timeSeconds, state: second, detail: rest.join(',') };
    }
    case 'HOLD':
      return { type: 'hold', text };
    case 'INFO':
      return { type: 'info', text };
    case 'FATAL':
      return { type: 'fatal', text };
    default:
      return dropped('unknown-notification');
  }
}

function number(text: string | undefined): number | undefined {
  return text !== undefined && NUMBER.test(text) ? Number(text) : undefined;
}

function dropped(reason: DropReason): ManagementMessage {
  return { type: 'dropped', reason };
}
