/** One node of the crash matrix: real files, real roles, told over IPC what a heartbeat and users would. Arguments: directory, node id, own socket, way to the other's. */

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { pino } from 'pino';
import { RoleKeeper } from '../../../../src/pair/role.ts';
import { Writer } from '../../../../src/pair/writer.ts';
import { Receiver } from '../../../../src/replication/receiver/receiver.ts';
import { Sender } from '../../../../src/replication/sender/sender.ts';
import { Store } from '../../../../src/store/store.ts';
import type { Answer, NodeState, Request } from './protocol.ts';
import { arm, reached, watchStore } from './steps.ts';

const [directory, nodeId, listenPath, connectPath] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
];
const store = Store.open({ path: join(directory, 'store/tandem.db'), nodeId, now: () => Date.now() });
const quarantineDirectory = join(directory, 'quarantine');
watchStore(store);
const log = pino({ level: process.env['MATRIX_LOG'] ?? 'silent', base: { nodeId } }, pino.destination(2));
const self = { nodeId, nodeName: nodeId, pairId: 'pair', product: '0.1.0' };
const receiver = new Receiver({
  store,
  self,
  role: () => role.role,
  socketPath: listenPath,
  quarantineDirectory,
  log,
  silenceMs: 700,
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
    startSender: () => {
      sender = makeSender();
      sender.start();
    },
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

function makeSender(): Sender {
  const made = new Sender({
    store,
    self,
    peerName: 'the other',
    log,
    pingMs: 50,
    silenceMs: 700,
    verifyingMs: 5_000,
    connect: async () => {
      const stream = connect(connectPath);
      stream.on('error', () => {});
      return { stream, reason: () => undefined, close: () => stream.destroy() };
    },
  });
  made.onStatus(({ lastError, state, peer }) => {
    if (lastError?.code === 'replication.stale-active' && state === 'waiting')
      role.surpass(peer?.head.position.epoch ?? 0);
  });
  return made;
}

function state(after: number): NodeState {
  const tables = { settings: store.settings.list(), users: store.users.list(), head: store.head };
  return {
    role: role.role,
    protected: sender?.status.protected ?? false,
    trouble: role.trouble ?? sender?.status.lastError?.message ?? receiver.status.lastError?.message,
    head: store.head,
    entries: store.entriesAfter(after, 1_000_000).map((entry) => entry.hash),
    names: store.settings.list().map(({ name }) => name),
    digest: createHash('sha256').update(JSON.stringify(tables)).digest('hex'),
  };
}

function quarantined(): string {
  const generations = readdirSync(directory).includes('quarantine') ? readdirSync(quarantineDirectory) : [];
  return generations
    .filter((name) => !name.endsWith('.partial'))
    .map((name) => readFileSync(join(quarantineDirectory, name, 'entries.jsonl'), 'utf8'))
    .join('');
}

async function answer(request: Request): Promise<unknown> {
  switch (request.do) {
    case 'arm':
      return arm(request.armed);
    case 'become':
      return role.become(request.role, 'told');
    case 'reseed':
      return receiver.reseed();
    case 'nudge':
      return sender?.nudge();
    case 'state':
      return state(request.after);
    case 'protected':
      return sender?.status.protected === true && role.role === 'active';
    case 'verify':
      return {
        integrity: store.integrityCheck(),
        broken: store.findBrokenLink() ?? 0,
        quarantined: quarantined(),
      };
    case 'write': {
      const { name, size } = request;
      const written = await writer.write({ name: 'admin', via: 'matrix' }, ({ settings }) => {
        settings.set(name, name.padEnd(size, '.'));
        reached('write inside');
      });
      return { protected: written.protected };
    }
  }
}

process.on('message', (request: Request) => {
  answer(request).then(
    (value) => reply({ id: request.id, value }),
    (error: unknown) => {
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      reply({ id: request.id, failed: code });
    },
  );
});
process.on('disconnect', () => process.exit(0));

function reply(message: Answer): void {
  process.send?.(message);
}
await receiver.listen();
process.send?.({ event: 'ready' });
