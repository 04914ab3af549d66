import type { ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, rmSync } from 'node:fs';
import { getCompileCacheDir } from 'node:module';
import type { Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type Logger, pino } from 'pino';
import { TandemError } from '../core/errors.ts';
import { type Reply, type RequestBody, requestSchema } from '../privileged/channel.ts';
import { readNodeConfig } from '../settings/node.ts';
import { paths } from '../settings/paths.ts';
import { type Account, accountNames, systemAccount } from '../settings/service-account.ts';
import { Child } from './child.ts';
import { forgetOldCode } from './compiled-code.ts';
import { Duties } from './duties.ts';
import { KernelSettings } from './kernel-settings.ts';
import { readLog } from './log-duty.ts';
import { openPort } from './open-port.ts';
import { probeLan } from './probe-duty.ts';

const serverMain = fileURLToPath(new URL('./server-main.ts', import.meta.url));

/**
 * `tandem run`: the privileged parent of a node, run by systemd. Starts the server without privileges and carries out
 * the few privileged things it may ask for (`privileged/channel.ts`). Resolves with the exit code after SIGTERM or SIGINT, when
 * everything under it has ended and the kernel is as it was found.
 */
export async function runSupervisor(): Promise<number> {
  if (process.getuid?.() !== 0) {
    throw new TandemError({
      code: 'supervisor.not-root',
      culprit: 'caller',
      message: 'tandem run needs root: it starts OpenVPN and owns the virtual address.',
      hint: 'Run: sudo systemctl start tandem',
    });
  }
  // Sockets that OpenVPN makes as root are for the server's group as well.
  process.umask(0o007);
  const node = readNodeConfig(paths.nodeConfig);
  const account = systemAccount(accountNames.service);
  const log = pino({ base: { node: node.name, process: 'supervisor' }, level: 'info' });

  forgetOldCode(getCompileCacheDir(), process.version);
  prepareRunDirectories(account);
  const kernel = new KernelSettings(paths.kernelLedger);
  kernel.apply();

  const duties = new Duties(node, log, kernel);
  await duties.undoLeftovers();
  const server = serverChild(account, duties, log);
  server.start();

  await stopRequested();
  log.info('stopping');
  await duties.stopHeartbeat();
  await server.stop();
  await duties.stop();
  kernel.restore();
  rmSync(paths.runDirectory, { recursive: true, force: true });
  return 0;
}

function stopRequested(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
  });
}

/** `/run/tandem` belongs to root; the server owns a directory of its own in it and can only pass through the rest. */
function prepareRunDirectories(account: Account): void {
  const directories = [
    { path: paths.runDirectory, owner: 0, mode: 0o2750 },
    { path: paths.openvpnRunDirectory, owner: 0, mode: 0o2750 },
    { path: paths.serverRunDirectory, owner: account.uid, mode: 0o2770 },
  ];
  for (const { path, owner, mode } of directories) {
    mkdirSync(path, { recursive: true });
    chownSync(path, owner, account.gid);
    chmodSync(path, mode);
  }
}

/** The server process: no privileges, one channel to ask by. */
function serverChild(account: Account, duties: Duties, log: Logger): Child {
  return new Child(
    {
      name: 'server',
      program: process.execPath,
      arguments: ['--disable-warning=ExperimentalWarning', serverMain],
      options: {
        uid: account.uid,
        gid: account.gid,
        cwd: paths.stateDirectory,
        env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: paths.stateDirectory },
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      },
      onStart: (child) => {
        duties.onNotice = (notice) => {
          if (child.connected) child.send(notice);
        };
        child.on('message', (message) => {
          void answer(message, duties, log).then((reply) => {
            hand(child, reply);
          });
        });
      },
    },
    log,
  );
}

/** Sends the reply, and with it the port that was opened: from then on it is the server's alone. */
function hand(child: ChildProcess, answered: Answered | undefined): void {
  if (answered === undefined) return;
  const { reply, port } = answered;
  if (!child.connected) port?.close();
  else if (port === undefined) child.send(reply);
  else child.send(reply, port, () => port.close());
}

interface Answered {
  readonly reply: Reply;
  readonly port?: Server | undefined;
}

async function answer(message: unknown, duties: Duties, log: Logger): Promise<Answered | undefined> {
  const request = requestSchema.safeParse(message);
  if (!request.success) {
    log.error({ reason: request.error.message }, 'refused a malformed request of the server');
    return undefined;
  }
  const { id, body } = request.data;
  const { port, ...outcome } = await outcomeOf(body, duties, log);
  if (id !== undefined) return { reply: { id, ...outcome }, port };
  port?.close();
  return undefined;
}

async function outcomeOf(
  body: RequestBody,
  duties: Duties,
  log: Logger,
): Promise<Omit<Reply, 'id'> & Pick<Answered, 'port'>> {
  try {
    if (body.ask === 'listen') return { port: await openPort(body.listen) };
    if (body.ask === 'lan.probe') return { probe: await probeLan(body.probe) };
    if (body.ask === 'log.read') return { log: await readLog(body.lines) };
    await duties.carryOut(body);
    return {};
  } catch (error) {
    log.error({ err: error, ask: body.ask }, 'could not do what the server asked');
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
