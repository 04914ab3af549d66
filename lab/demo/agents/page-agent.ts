import { rmSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';

// Runs in the network of a host: hands on what comes over a unix socket to HOST PORT there, byte by byte. Ends with its
// standard input. Arguments: SOCKET HOST PORT.
const [socketPath = '', host = '', port = ''] = process.argv.slice(2);

const server = createServer((near) => {
  const far = createConnection({ host, port: Number(port) });
  near.pipe(far);
  far.pipe(near);
  near.on('error', () => far.destroy());
  far.on('error', () => near.destroy());
  near.on('close', () => far.destroy());
  far.on('close', () => near.destroy());
});
rmSync(socketPath, { force: true });
server.listen(socketPath, () => process.stdout.write('ready\n'));
process.stdin.resume();
process.stdin.on('end', () => {
  rmSync(socketPath, { force: true });
  process.exit(0);
});
