/** The standby of the SSH test. Arguments: directory socket. */
import { createInterface } from 'node:readline';
import { Receiver } from '../../../src/replication/receiver/receiver.ts';
import { Store } from '../../../src/store/store.ts';

const [directory, socketPath] = process.argv.slice(2) as [string, string];
const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const store = Store.open({ path: `${directory}/tandem.db`, nodeId: 'node-b', now: () => Date.now() });
store.readOnly = true;
const receiver = new Receiver({
  store,
  self: { nodeId: 'node-b', nodeName: 'node-b', pairId: 'pair', product: '0.1.0' },
  role: () => 'standby',
  socketPath,
  quarantineDirectory: `${directory}/quarantine`,
  log: { info: () => {}, warn: (details, message) => say(`${JSON.stringify(details)} ${message}`) },
});
await receiver.listen();
say('listening');
for await (const line of createInterface(process.stdin))
  if (line === 'count') say(`users ${store.users.count()}`);
