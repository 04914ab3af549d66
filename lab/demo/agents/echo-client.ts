import { createConnection } from 'node:net';

/**
 * One TCP connection through the tunnel that lives as long as it can: `echo-client.ts HOST PORT`. Sends a numbered line
 * every 50 ms; each line that comes back is reported with its number, the end of the connection with its reason.
 */
const [host, port] = process.argv.slice(2);
const socket = createConnection({ host: host ?? '', port: Number(port) });
let sent = 0;
let pending = '';
socket.setNoDelay(true);
socket.setEncoding('utf8');
socket.on('connect', () => {
  say({ event: 'open' });
  setInterval(() => socket.write(`${++sent}\n`), 50);
});
socket.on('data', (text: string) => {
  const lines = (pending + text).split('\n');
  pending = lines.pop() ?? '';
  const last = lines.at(-1);
  if (last !== undefined) say({ event: 'echo', number: Number(last) });
});
socket.on('error', (error) => end(error.message));
socket.on('close', () => end('closed'));

function end(reason: string): never {
  say({ event: 'dead', reason });
  process.exit(1);
}

function say(value: object): void {
  process.stdout.write(`${JSON.stringify({ atMs: Date.now(), ...value })}\n`);
}
