/** A child process that writes without end and says what was committed; the crash test kills it. */
import { writeSync } from 'node:fs';
import { Store } from '../../../src/store/store.ts';

const store = Store.open({ path: process.argv[2]!, nodeId: 'node-a', now: () => Date.now() });
store.openEpoch({ name: 'node-a', via: 'test' });
for (let index = 0; ; index++) {
  const { entry } = store.write({ name: 'admin', via: 'test' }, ({ settings }) =>
    settings.set(`written.${store.position.sequence}`, 'x'.repeat(index % 5000)),
  );
  writeSync(1, `${entry!.position.sequence}\n`);
}
