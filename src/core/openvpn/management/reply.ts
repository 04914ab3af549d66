import type { Command } from './commands.ts';

/** What one line means for the answer it belongs to. */
export type ReplyLine =
  | { readonly type: 'more' }
  | { readonly type: 'stray' }
  | { readonly type: 'done'; readonly text: string }
  | { readonly type: 'failed'; readonly error: string };

/** `status` of the largest server that OpenVPN can be has fewer lines. */
export const MAX_REPLY_LINES = 50_000;

/**
 * Reads the next line that is no notification. Commands are answered in the order in which they were sent; `before` says
 * how many lines this answer already has. The lines of a block end with `END`, which is none of them.
 */
export function readReplyLine(answer: Command['answer'], before: number, line: string): ReplyLine {
  if (before === 0 && line.startsWith('ERROR:')) return { type: 'failed', error: afterColon(line) };
  if (answer === 'line') {
    return line.startsWith('SUCCESS:') ? { type: 'done', text: afterColon(line) } : { type: 'stray' };
  }
  if (line === 'END') return { type: 'done', text: '' };
  return before < MAX_REPLY_LINES ? { type: 'more' } : { type: 'failed', error: 'the answer is too long' };
}

function afterColon(line: string): string {
  return line.slice(line.indexOf(':') + 1).trim();
}
