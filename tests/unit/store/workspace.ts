import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Actor } from '../../../src/store/actor.ts';
import { Store } from '../../../src/store/store.ts';

/** A test, or whatever else ends and takes away what it made. */
export type Lifetime = Pick<TestContext, 'after'>;

export const admin: Actor = { name: 'admin', via: 'test' };

const cleanups = new WeakMap<Lifetime, (() => unknown)[]>();

/** After the test, in the opposite order: what was made last goes first. */
export function afterwards(context: Lifetime, cleanup: () => unknown): void {
  const known = cleanups.get(context);
  if (known !== undefined) {
    known.push(cleanup);
    return;
  }
  const stack = [cleanup];
  cleanups.set(context, stack);
  context.after(async () => {
    for (const each of stack.reverse()) await each();
  });
}

/** A directory that is gone after the test. */
export function directory(context: Lifetime): string {
  const path = mkdtempSync(join(tmpdir(), 'tandem-test-'));
  afterwards(context, () => rmSync(path, { recursive: true, force: true }));
  return path;
}

let clock = 1_700_000_000_000;

export function openStore(context: Lifetime, nodeId = 'node-a', folder: string = directory(context)): Store {
  const store = Store.open({ path: join(folder, 'store', 'tandem.db'), nodeId, now: () => clock++ });
  afterwards(context, () => store.close());
  return store;
}

export function addUser(store: Store, name: string): void {
  store.write(admin, ({ users }) =>
    users.add({ name, passwordHash: `hash of ${name}`, blocked: false, createdAt: 1 }),
  );
}

/** Everything a node knows, journal included, to compare two nodes by. */
export function contents(store: Store): unknown {
  return {
    users: store.users.list(),
    certificates: store.certificates.list(),
    clientAddresses: store.clientAddresses.list(),
    settings: store.settings.list(),
    head: store.head,
    journal: store
      .entriesAfter(0, 1_000_000)
      .map((entry) => ({ ...entry, changeset: Buffer.from(entry.changeset).toString('hex') })),
  };
}
