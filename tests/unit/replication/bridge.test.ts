import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { duplexPair, PassThrough } from 'node:stream';
import { test } from 'node:test';
import { runReplicaBridge } from '../../../src/replication/bridge.ts';
import { Receiver } from '../../../src/replication/receiver/receiver.ts';
import { Sender } from '../../../src/replication/sender/sender.ts';
import { addUser, admin, contents, directory, openStore } from '../store/workspace.ts';
import { isProtected, linkOf, quiet, selfOf, side, timing, until } from './pair.ts';

const bridge = new URL('./bridge-process.ts', import.meta.url).pathname;

test('a pair over the unix socket, through the forced command’s body in its own process', async (context) => {
  const [a, b] = [await side(context, 'node-a'), await side(context, 'node-b')];
  const socketPath = join(b.folder, 'replication.sock');
  a.store.openEpoch(admin);
  for (let index = 0; index < 500; index++) addUser(a.store, `user-${index}`);
  const children: ReturnType<typeof spawn>[] = [];
  const sender = new Sender({
    store: a.store,
    self: selfOf(a.store),
    peerName: 'node-b',
    log: quiet,
    ...timing,
    connect: async () => {
      const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', bridge, socketPath], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      children.push(child);
      const [near, far] = duplexPair();
      child.stdout.pipe(far).pipe(child.stdin);
      child.stdin.on('error', () => far.destroy());
      near.on('close', () => child.stdin.end());
      return linkOf(near);
    },
  });
  context.after(() => {
    for (const child of children) child.kill('SIGKILL');
  });
  sender.start();
  await until('protected', isProtected(sender));
  assert.deepEqual(contents(b.store), contents(a.store));
  assert.equal(statSync(socketPath).mode & 0o777, 0o660);

  children[0]!.kill('SIGKILL');
  await until('noticed', () => !sender.status.connected);
  addUser(a.store, 'alice');
  await until('protected again', isProtected(sender));
  assert.deepEqual(contents(b.store), contents(a.store));

  sender.stop();
  await until('the commands end by themselves', () =>
    children.every(({ exitCode, signalCode }) => exitCode !== null || signalCode !== null),
  );
});

test('where no server runs the bridge says so in one line and fails', (context) => {
  const stderr = new PassThrough();
  const code = runReplicaBridge({
    socketPath: join(directory(context), 'none.sock'),
    patienceMs: 60,
    input: -1,
    output: -1,
    stderr,
  });
  assert.equal(code, 69);
  assert.equal(String(stderr.read()), 'tandem is not running here, or is active itself\n');
});

test('a server that starts a moment later is reached by who came in before', async (context) => {
  const b = await side(context, 'node-b');
  await b.receiver.close();
  const socketPath = join(b.folder, 'replication.sock');
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', bridge, socketPath], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  context.after(() => child.kill('SIGKILL'));
  let answered = false;
  child.stdout.once('data', () => {
    answered = true;
  });
  // It is up and looks for the socket; what it says is refused by the server, and that is an answer.
  child.stdin.write('not a frame, but more bytes than a header');
  await new Promise((resolve) => setTimeout(resolve, 300));
  await b.receiver.listen();
  await until('the server answered', () => answered || child.exitCode !== null);
  assert.equal(answered, true);
});

test('a socket that a dead server left is replaced, one that answers is not', async (context) => {
  const folder = directory(context);
  const store = openStore(context);
  const options = {
    store,
    self: selfOf(store),
    role: () => 'standby' as const,
    socketPath: join(folder, 'replication.sock'),
    quarantineDirectory: join(folder, 'quarantine'),
    log: quiet,
  };
  writeFileSync(options.socketPath, '');
  const [first, second] = [new Receiver(options), new Receiver(options)];
  await first.listen();
  await assert.rejects(second.listen(), { code: 'replication.socket-in-use', culprit: 'operator' });
  await first.close();
  await second.listen();
  await second.close();
  await first.listen();
  await first.close();
  assert.equal(existsSync(options.socketPath), false);
});

test('what an earlier server was receiving when it died is removed', async (context) => {
  const b = await side(context, 'node-b');
  await b.receiver.close();
  const leftover = `${b.store.path}.incoming-1-0`;
  writeFileSync(leftover, 'half');
  await b.receiver.listen();
  assert.equal(existsSync(leftover), false);
});

test('a client of the socket that says nothing is sent away', async (context) => {
  const b = await side(context, 'node-b');
  const socket = connect(join(b.folder, 'replication.sock'));
  socket.resume();
  let closed = false;
  socket.on('close', () => {
    closed = true;
  });
  await until('closed', () => closed);
  assert.equal(b.receiver.status.lastError?.code, 'replication.link.silent');
});
