import type { Socket } from 'node:net';

/** Longest line either side may send, and most bytes that may wait for a slow reader. */
const LONGEST_LINE = 65_536;

/** Calls `onLine` for each line that arrives; a longer one than `LONGEST_LINE` ends the connection. */
export function readLines(socket: Socket, onLine: (line: string) => void): void {
  let pending = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    const lines = (pending + chunk).split('\n');
    pending = lines.pop() ?? '';
    if (pending.length > LONGEST_LINE || lines.some((line) => line.length > LONGEST_LINE)) {
      socket.destroy();
      return;
    }
    for (const line of lines) if (line.trim() !== '') onLine(line);
  });
}

/** Writes one line; a reader that does not keep up is cut off rather than buffered for. */
export function writeLine(socket: Socket, value: unknown): void {
  if (socket.destroyed) return;
  if (socket.writableLength > LONGEST_LINE) {
    socket.destroy();
    return;
  }
  socket.write(`${JSON.stringify(value)}\n`);
}
