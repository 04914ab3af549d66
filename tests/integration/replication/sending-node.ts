/** The active node of the SSH test: says on its standard output what it observes. Arguments: directory host port key host-key. */
import { createInterface } from 'node:readline';
import { Sender } from '../../../src/replication/sender/sender.ts';
import { connectOverSsh } from '../../../src/replication/sender/ssh.ts';
import { Store } from '../../../src/store/store.ts';

const [directory, host, port, privateKeyPath, hostKey] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
];
const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const store = Store.open({ path: `${directory}/tandem.db`, nodeId: 'node-a', now: () => Date.now() });
store.openEpoch({ name: 'node-a', via: 'test' });
const connect = connectOverSsh({ host, port: Number(port), username: 'root', privateKeyPath, hostKey });
const sender = new Sender({
  store,
  self: { nodeId: 'node-a', nodeName: 'node-a', pairId: 'pair', product: '0.1.0' },
  peerName: 'node-b',
  connect: () => {
    say('attempt');
    return connect();
  },
  log: { info: () => {}, warn: (details, message) => say(`${JSON.stringify(details)} ${message}`) },
});
sender.onStatus((status) =>
  say(status.protected ? 'protected' : `exposed ${status.state} ${status.lastError?.code ?? ''}`),
);
sender.start();

let written = 0;
for await (const line of createInterface(process.stdin)) {
  const count = Number(line.split(' ')[1]);
  let both = 0;
  for (let index = 0; index < count; index++) {
    const name = `user-${written++}`;
    store.write({ name: 'admin', via: 'test' }, ({ users }) =>
      users.add({ name, passwordHash: 'x', blocked: false, createdAt: 1 }),
    );
    if (await sender.acknowledged(store.position, 10_000)) both++;
  }
  say(`wrote ${both} of ${count} on both`);
}
