import type { Socket } from 'node:net';

/** Longest line taken from a local socket, in characters; a peer that sends more is cut off. */
const longestLine = 65_536;

/**
 * Calls `onValue` for each line of JSON that arrives. A line that is too long or not JSON destroys the socket: the
 * other side is another process of the same node, so it can only be a defect.
 */
export function readJsonLines(socket: Socket, onValue: (value: unknown) => void): void {
  let pending = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    pending += chunk;
    for (;;) {
      const end = pending.indexOf('\n');
      if (end === -1) break;
      const line = pending.slice(0, end);
      pending = pending.slice(end + 1);
      try {
        onValue(JSON.parse(line));
      } catch (error) {
        socket.destroy(error instanceof Error ? error : new Error(String(error)));
        return;
      }
    }
    if (pending.length > longestLine)
      socket.destroy(new Error(`a line is longer than ${longestLine} characters`));
  });
}
