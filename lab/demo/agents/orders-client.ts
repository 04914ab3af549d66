import { createConnection } from 'node:net';

/**
 * Connections through the tunnel, one per order and far end: `orders-client.ts PORT HOST…`. Each connection that opens,
 * each bunch of lines that comes and each end is one line of JSON. A line on standard input makes those speak that speak
 * after idling.
 */
const orders = ['client', 'download', 'client-after-idle', 'server-after-idle'] as const;
const [port, ...hosts] = process.argv.slice(2);
const speakers: (() => void)[] = [];
for (const host of hosts) for (const order of orders) open(host, order);
process.stdin.on('data', () => {
  for (const speak of speakers) speak();
});

function open(host: string, order: (typeof orders)[number]): void {
  const name = `${order} ${host}`;
  const socket = createConnection({ host, port: Number(port) });
  socket.setNoDelay(true);
  socket.on('connect', () => {
    socket.write(`${order}\n`);
    if (order === 'client') setInterval(() => socket.write('client\n'), 50);
    if (order === 'client-after-idle') speakers.push(() => socket.write('client\n'));
  });
  socket.on('data', () => say({ event: 'data', connection: name }));
  socket.on('error', (error) => say({ event: 'dead', connection: name, reason: error.message }));
  socket.on('close', () => say({ event: 'dead', connection: name, reason: 'closed' }));
}

function say(value: object): void {
  process.stdout.write(`${JSON.stringify({ atMs: Date.now(), ...value })}\n`);
}
