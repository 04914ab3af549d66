/** One node of the soak: the product's store, role, writer, link and journal keeper. Arguments: directory, node id, own socket, way to the other's. */
import { readdirSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { pino } from 'pino';
import { defaultReplicationSettings } from '../../../../src/core/replication/settings.ts';
import { RoleKeeper } from '../../../../src/pair/role.ts';
import { Writer } from '../../../../src/pair/writer.ts';
import { JournalKeeper } from '../../../../src/replication/journal-keeper.ts';
import { listQuarantine } from '../../../../src/replication/quarantine.ts';
import { Receiver } from '../../../../src/replication/receiver/receiver.ts';
import { Sender } from '../../../../src/replication/sender/sender.ts';
import { Store } from '../../../../src/store/store.ts';
import type { Answer, Request, State } from './orders.ts';

const [directory = '', nodeId = '', listenPath = '', connectPath = ''] = process.argv.slice(2);
/** An hour of the product, shrunk with everything else. */
const keepEveryMs = 5_000;
const store = Store.open({ path: join(directory, 'store/tandem.db'), nodeId, now: () => Date.now() });
const quarantineDirectory = join(directory, 'quarantine');
const log = pino({ level: 'silent' });
const self = { nodeId, nodeName: nodeId, pairId: 'pair', product: '0.1.0' };
const receiver = new Receiver({
  store,
  self,
  role: () => role.role,
  socketPath: listenPath,
  quarantineDirectory,
  log,
});
const sender = new Sender({
  store,
  self,
  peerName: 'the other',
  log,
  connect: async () => {
    const stream = connect(connectPath);
    stream.on('error', () => {});
    return { stream, reason: () => undefined, close: () => stream.destroy() };
  },
});
const role: RoleKeeper = new RoleKeeper({
  store,
  nodeName: nodeId,
  log,
  duties: {
    crowdBack: async () => undefined,
    closeReceiver: () => receiver.close(),
    openReceiver: () => receiver.listen(),
    startSender: () => sender.start(),
    stopSender: () => sender.stop(),
    follow: () => {},
  },
});
const writer = new Writer({
  store,
  mayWrite: () => {
    if (role.role !== 'active') throw new Error('standby');
  },
  acknowledged: (position, timeoutMs) => sender.acknowledged(position, timeoutMs),
});
const keeper = new JournalKeeper({
  store,
  settings: () => ({ ...defaultReplicationSettings, journalMegabytes: 1, auditDays: 1, auditEntries: 1_000 }),
  everywhere: () =>
    role.role === 'active' ? (sender.status.acknowledged?.sequence ?? 0) : store.position.sequence,
  now: () => Date.now(),
  log,
});
setInterval(() => void keeper.keep(), keepEveryMs);

async function state(): Promise<State> {
  const folder = dirname(store.path);
  const sizes = readdirSync(folder).map((name) => statSync(join(folder, name)).size);
  const aside = await listQuarantine(quarantineDirectory).catch(() => []);
  return {
    values: Object.fromEntries(
      store.settings
        .list()
        .filter(({ name }) => name.startsWith('soak-'))
        .map(({ name }) => [name, Number(store.settings.get(name))]),
    ),
    head: store.head.hash,
    residentBytes: process.memoryUsage.rss(),
    storeBytes: sizes.reduce((sum, size) => sum + size, 0),
    journalEntries: store.position.sequence - store.firstSequence + 1,
    integrity: store.integrityCheck(),
    brokenLink: store.findBrokenLink() ?? 0,
    quarantined: aside.reduce((sum, { lost }) => sum + lost, 0),
  };
}

async function answer(request: Request): Promise<unknown> {
  switch (request.do) {
    case 'become':
      return role.become(request.role, 'told');
    case 'protected':
      return role.role === 'active' && sender.status.protected;
    case 'state':
      return state();
    case 'write': {
      const { key, value } = request;
      const written = await writer.write({ name: 'admin', via: 'soak' }, ({ settings }) =>
        settings.set(key, value),
      );
      return written.protected;
    }
  }
}

process.on('message', (request: Request) => {
  const reply = (message: Answer): boolean | undefined => process.send?.(message);
  answer(request).then(
    (value) => reply({ id: request.id, value }),
    (error: unknown) => reply({ id: request.id, failed: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
await receiver.listen();
process.send?.({ id: 0, value: 'ready' } satisfies Answer);
