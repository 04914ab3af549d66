import { spawn } from 'node:child_process';
import { createConnection, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/**
 * A person with a stock OpenVPN client, in one program: `vpn-client.ts PROFILE MANAGEMENT-SOCKET`, user name and password
 * as two lines on standard input. It types the password whenever the client asks for it and says so: each question is
 * one line of JSON on standard output, as is each connection with the address it got.
 */
const [profile, socketPath] = process.argv.slice(2);
if (profile === undefined || socketPath === undefined) throw new Error('usage: vpn-client.ts PROFILE SOCKET');

const lines = createInterface({ input: process.stdin });
const [user, password] = await firstLines(2);

const openvpn = spawn(
  'openvpn',
  [
    ...['--config', profile, '--management', socketPath, 'unix', '--management-query-passwords'],
    // The password is forgotten after use: only the token that the server gave can spare the person the question.
    ...['--auth-nocache', '--log', `${socketPath}.log`],
  ],
  { stdio: 'ignore' },
);
openvpn.once('exit', (code) => {
  say({ event: 'ended', code });
  process.exit(0);
});
process.once('SIGTERM', () => openvpn.kill('SIGTERM'));
connect();

function connect(): void {
  const socket = createConnection(socketPath ?? '');
  socket.once('error', () => setTimeout(connect, 50));
  socket.once('connect', () => socket.write('state on\n'));
  createInterface({ input: socket })
    .on('line', (line) => hear(socket, line))
    .on('error', () => undefined);
}

function hear(socket: Socket, line: string): void {
  if (line.startsWith(">PASSWORD:Need 'Auth'")) {
    say({ event: 'password-asked' });
    socket.write(`username "Auth" "${user}"\npassword "Auth" "${password}"\n`);
  }
  if (line.startsWith('>PASSWORD:Verification Failed')) say({ event: 'refused' });
  if (!line.startsWith('>STATE:')) return;
  const [, state, detail, address] = line.slice('>STATE:'.length).split(',');
  if (state === 'CONNECTED' && detail === 'SUCCESS') say({ event: 'connected', address });
  if (state === 'RECONNECTING') say({ event: 'reconnecting', why: detail });
}

function say(value: object): void {
  process.stdout.write(`${JSON.stringify({ atMs: Date.now(), ...value })}\n`);
}

function firstLines(count: number): Promise<string[]> {
  return new Promise((resolve) => {
    const got: string[] = [];
    lines.on('line', (line) => {
      got.push(line);
      if (got.length === count) resolve(got);
    });
  });
}
