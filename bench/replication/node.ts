/**
 * One node of the benchmark in a process of its own: the product's store, role, writer and link, told over IPC what the
 * heartbeat and users would tell it. Arguments: directory, node id, own socket, then for the active one host, port, key, host key.
 */
import { join } from 'node:path';
import { pino } from 'pino';
import { UserAccounts } from '../../src/accounts/users.ts';
import { RoleKeeper } from '../../src/pair/role.ts';
import { Writer } from '../../src/pair/writer.ts';
import { Receiver } from '../../src/replication/receiver/receiver.ts';
import { Sender } from '../../src/replication/sender/sender.ts';
import { connectOverSsh } from '../../src/replication/sender/ssh.ts';
import { Store } from '../../src/store/store.ts';
import type { Answer, Load, Order, Request } from './orders.ts';

const [
  directory = '',
  nodeId = '',
  socketPath = '',
  host = '',
  port = '',
  privateKeyPath = '',
  hostKey = '',
] = process.argv.slice(2);
const actor = { name: 'admin', via: 'bench' };
/** What a hash of a real password looks like. */
const passwordHash = `$argon2id$v=19$m=65536,t=3,p=1$${'s'.repeat(22)}$${'h'.repeat(43)}`;
const store = Store.open({ path: join(directory, 'store/tandem.db'), nodeId, now: Date.now });
const log = pino({ level: 'warn', base: { nodeId } }, pino.destination(2));
const self = { nodeId, nodeName: nodeId, pairId: 'pair', product: '0.1.0' };
const receiver = new Receiver({
  store,
  self,
  role: () => role.role,
  socketPath,
  quarantineDirectory: join(directory, 'quarantine'),
  log,
});
let sender: Sender | undefined;
const role: RoleKeeper = new RoleKeeper({
  store,
  nodeName: nodeId,
  log,
  duties: {
    crowdBack: async () => undefined,
    closeReceiver: () => receiver.close(),
    openReceiver: () => receiver.listen(),
    startSender: () => {},
    stopSender: () => sender?.stop(),
    follow: () => {},
  },
});
const writer = new Writer({
  store,
  mayWrite: () => {
    if (role.role !== 'active') throw new Error('standby');
  },
  acknowledged: async (position, timeoutMs) => (await sender?.acknowledged(position, timeoutMs)) ?? false,
});
const users = new UserAccounts({ store, write: (who, change) => writer.write(who, change), now: Date.now });

/** Each writer blocks or unblocks a user of its own, one change after the other. */
async function load(writers: number, forMs: number): Promise<Load> {
  const latenciesMs: number[] = [];
  let onBoth = 0;
  const began = performance.now();
  const until = began + forMs;
  const run = async (index: number): Promise<void> => {
    for (let change = 0; performance.now() < until; change++) {
      const at = performance.now();
      const written = await users.setBlocked(actor, `user-${index}`, change % 2 === 0);
      latenciesMs.push(performance.now() - at);
      if (written.protected) onBoth++;
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, index) => run(index)));
  const tookMs = performance.now() - began;
  return { perSecond: (latenciesMs.length * 1000) / tookMs, latenciesMs, writes: latenciesMs.length, onBoth };
}

function addUsers(from: number, to: number, eachInOneEntry: number): void {
  for (let index = from; index < to; index += eachInOneEntry)
    store.write(actor, (transaction) => {
      for (let one = index; one < Math.min(to, index + eachInOneEntry); one++)
        transaction.users.add({ name: `user-${one}`, passwordHash, blocked: false, createdAt: 1 });
    });
}

/** A new change every so often; each is told when it was answered, so that whoever listens knows what was promised. */
function pace(perSecond: number): void {
  let written = 0;
  setInterval(() => {
    const name = `write-${written++}`;
    void writer
      .write(actor, ({ settings }) => settings.set(name, true))
      .then(() => process.send?.({ answered: name } satisfies Answer));
  }, 1_000 / perSecond);
}

/** From the moment the heartbeat says so until the first change was accepted and is on this disk. */
async function claim(): Promise<number> {
  const began = performance.now();
  await role.become('active', 'told');
  await writer.write(actor, ({ users: all }) => all.setBlocked('user-1', true));
  const tookMs = performance.now() - began;
  await writer.write(actor, ({ users: all }) => all.setBlocked('user-1', false));
  return tookMs;
}

function link(): void {
  sender?.stop();
  sender = new Sender({
    store,
    self,
    peerName: 'the standby',
    log,
    connect: connectOverSsh({ host, port: Number(port), username: 'root', privateKeyPath, hostKey }),
  });
  sender.start();
}

function answer(order: Order): unknown {
  switch (order.do) {
    case 'become':
      return role.become(order.role, 'told');
    case 'claim':
      return claim();
    case 'add users':
      return addUsers(order.from, order.to, order.eachInOneEntry);
    case 'link':
      return link();
    case 'unlink':
      sender?.stop();
      sender = undefined;
      return undefined;
    case 'reseed':
      return receiver.reseed();
    case 'pace':
      return pace(order.perSecond);
    case 'load':
      return load(order.writers, order.forMs);
    case 'state':
      return {
        sequence: store.position.sequence,
        users: store.users.count(),
        protected: sender?.status.protected ?? false,
        state: sender?.status.state ?? receiver.status.state,
      };
  }
}

process.on('message', (request: Request) => {
  const reply = (message: Answer): boolean | undefined => process.send?.(message);
  Promise.resolve()
    .then(() => answer(request))
    .then(
      (value) => reply({ id: request.id, value }),
      (error: unknown) => reply({ id: request.id, failed: String(error) }),
    );
});
process.on('disconnect', () => process.exit(0));
await receiver.listen();
process.send?.({ id: 0, value: 'ready' } satisfies Answer);
