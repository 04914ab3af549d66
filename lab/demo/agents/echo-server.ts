import { createServer } from 'node:net';

/** The office's server: sends back what it gets. `echo-server.ts PORT`; says `listening` when it does. */
const port = Number(process.argv[2]);
createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.pipe(socket);
}).listen(port, '0.0.0.0', () => process.stdout.write('listening\n'));
