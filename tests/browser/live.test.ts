import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import type { Actor } from '../../src/store/actor.ts';
import { serveNode } from '../unit/api/served-node.ts';
import { browserHere, signIn, visit } from './browser.ts';
import { relayTo } from './relay.ts';

const root: Actor = { name: 'root', via: 'cli' };
const password = 'right horse battery';
let browser: Browser;

before(async () => {
  browser = await browserHere();
});
after(() => browser.close());

test('a page is told what happens, asks again by itself while nobody tells it, and says so', async (context) => {
  const served = await serveNode(context);
  await served.node.users.add(root, { name: 'boss', password });
  await served.node.users.set(root, 'boss', { administrator: true });
  const relay = await relayTo(context, served.port);
  const { page, context: window, complaints } = await visit(browser);
  await page.goto(`https://127.0.0.1:${relay.port}/users`);
  await signIn(page, 'boss', password);
  const strip = page.getByRole('banner');
  await strip.getByText('node-t is active').waitFor();

  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await served.node.users.add(root, { name: 'clara', password });
  // The list itself is asked for every ten seconds only.
  await page.getByRole('link', { name: 'clara' }).waitFor({ timeout: 8_000 });
  await page.waitForTimeout(3_000);
  const questions = asked.filter((path) => path === '/api/v1/status').length;
  assert.ok(questions <= 1, `the status was asked for ${questions} times though it is told`);

  relay.cut();
  await strip.getByText(/^The node does not answer.*trying again/).waitFor();
  await served.node.users.add(root, { name: 'dora', password });
  relay.mend();
  await strip.getByText('node-t is active').waitFor();
  await page.getByRole('link', { name: 'dora' }).waitFor();
  await served.node.users.add(root, { name: 'emil', password });
  await page.getByRole('link', { name: 'emil' }).waitFor({ timeout: 8_000 });
  assert.deepEqual(complaints, []);
  await window.close();
});
