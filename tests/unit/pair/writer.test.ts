import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Writer } from '../../../src/pair/writer.ts';
import { admin, openStore } from '../store/workspace.ts';

const standing = (context: Parameters<typeof openStore>[0]) => {
  const store = openStore(context);
  const state = { required: true, holds: true, confirms: true, active: true };
  const writer = new Writer({
    store,
    mayWrite: () => {
      if (!state.active) throw new Error('standby');
    },
    acknowledged: async () => state.confirms,
    protection: { required: () => state.required, holds: () => state.holds },
  });
  const set = (name: string, evenUnprotected = false) =>
    writer.write(admin, ({ settings }) => settings.set(name, true), evenUnprotected);
  return { store, state, writer, set };
};

test('where protection is required a change that the other node would not have is refused, and nothing of it is made', async (context) => {
  const { store, state, writer, set } = standing(context);
  assert.deepEqual((await set('first')).protected, true);
  state.holds = false;
  const { position } = store;
  await assert.rejects(set('second'), { code: 'pair.unprotected', culprit: 'operator' });
  assert.deepEqual(store.position, position);
  assert.equal(store.settings.get('second'), undefined);
  state.confirms = false;
  assert.equal((await set('taken-back', true)).protected, false, 'the requirement itself can be taken back');
  state.required = false;
  assert.equal((await set('third')).protected, false);
  await writer.write(admin, () => {});
});

test('a change that the other node did not confirm in time is not called done where protection is required', async (context) => {
  const { store, state, set } = standing(context);
  state.confirms = false;
  await assert.rejects(set('first'), { code: 'pair.not-confirmed' });
  assert.equal(store.settings.get('first'), true, 'it is made, and the error says so');
});

test('what a login leaves behind is kept whatever the protection', async (context) => {
  const { store, state, writer } = standing(context);
  state.required = false;
  await writer.write(admin, ({ users }) =>
    users.add({ name: 'alice', passwordHash: 'x', blocked: false, createdAt: 1 }),
  );
  state.required = true;
  state.holds = false;
  state.confirms = true;
  await writer.write(admin, ({ users }) => users.change('alice', { oneTimeStep: 7 }));
  assert.equal(store.users.find('alice')?.oneTimeStep, 7);
});

test('writes that are held wait, also those that already waited for their turn', async (context) => {
  const { store, writer, set } = standing(context);
  const many = Array.from({ length: 30 }, (_, index) => set(`change-${index}`));
  writer.hold();
  await new Promise((resolve) => setTimeout(resolve, 50));
  const held = store.settings.list().length;
  assert.ok(held < 30, `${held} went on`);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(store.settings.list().length, held, 'nothing is written while they are held');
  writer.release();
  await Promise.all(many);
  assert.equal(store.settings.list().length, 30);
});
