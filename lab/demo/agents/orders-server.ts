import { createServer, type Socket } from 'node:net';

/**
 * The far end of connections that speak in different orders: `orders-server.ts PORT`. A connection's first line names its
 * order (see `orders-client.ts`). A line on standard input makes it speak to those that wait for it. Says `listening`.
 */
const port = Number(process.argv[2]);
const waiting = new Set<Socket>();
let word = 0;

createServer((socket) => {
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.once('close', () => waiting.delete(socket));
  socket.once('data', (first: Buffer) => {
    const order = first.toString('latin1').trim();
    socket.write(`${order}\n`);
    if (order === 'server-after-idle') waiting.add(socket);
    else if (order === 'download') download(socket);
    else socket.on('data', (data: Buffer) => socket.write(data));
    socket.resume();
  });
}).listen(port, '0.0.0.0', () => process.stdout.write('listening\n'));

process.stdin.on('data', () => {
  for (const socket of waiting) socket.write(`${++word}\n`);
});

function download(socket: Socket): void {
  let line = 0;
  const timer = setInterval(() => socket.write(`${++line} ${'x'.repeat(1_000)}\n`), 50);
  socket.once('close', () => clearInterval(timer));
}
