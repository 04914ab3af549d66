import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { statusOf, tandem } from '../../lab/demo/node-commands.ts';
import { addUser } from '../../lab/demo/set-up.ts';
import { until } from '../../lab/demo/until.ts';
import { VpnClient } from '../../lab/demo/vpn-client.ts';
import { Lab } from '../../lab/lab.ts';
import { assertAccessible } from './accessible.ts';
import { browserIn, signIn, visit } from './browser.ts';
import { administratorPages } from './pages.ts';
import {
  commitAndFollow,
  confirmHostKey,
  endNeighbour,
  freshPassword,
  giveAddressBack,
  openFailover,
  pages,
  row,
  takeAddressAndNumber,
  typeWizards,
} from './set-up.ts';

const admin = { name: 'admin', password: freshPassword() };
let alice: { readonly password: string };
let lab: Lab;
let browser: Browser;

before(async () => {
  lab = await Lab.up({ clients: 1, stateDir: `/var/lib/tandem-test-pages-${process.pid}` });
  browser = await browserIn(lab, 'office');
});

after(async () => {
  await browser?.close();
  await lab?.down();
});

test('two machines become a pair: wizard on both, the Failover page, and the browser goes on at the shared address', async (context) => {
  const begun = performance.now();
  await Promise.all([typeWizards(lab, admin), takeAddressAndNumber(lab)]);
  const { page, complaints, close } = await openFailover(browser, admin);

  await context.test('what is wrong has its row and its remedy', async () => {
    await page.getByLabel('SSH password', { exact: true }).fill('not the password');
    await page.getByRole('button', { name: 'Validate' }).click();
    await confirmHostKey(page, lab);
    await page.getByText(/of 13 rows have a problem/).waitFor();
    await row(page, 'can be reached over SSH').getByText('the password is wrong').waitFor();
    await row(page, 'has the virtual address').getByText('10.99.0.100 is taken').waitFor();
    await row(page, 'has the VHID').getByText('10.99.0.254 uses VHID 51 (VRRPv2)').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Commit and Restart…' }).isDisabled(), true);
  });

  await context.test('put right, all is good', async () => {
    await giveAddressBack(lab);
    await page.getByRole('button', { name: 'Pick a free one' }).click();
    await page.getByText('Heard on the LAN: 51. 52 is free.').waitFor();
    await page.getByText('The fields have changed since: validate again.').waitFor();
    await page.getByLabel('SSH password', { exact: true }).fill(lab.password);
    await page.getByRole('button', { name: 'Validate' }).click();
    await page.getByText('All GOOD.').waitFor();
    await assertAccessible(page, 'the Failover page with its rows');
  });

  await context.test(
    'Commit and Restart: the page comes back on the virtual address, protected',
    async () => {
      await commitAndFollow(page, admin.name);
      await page.getByRole('banner').getByText('Protected', { exact: true }).waitFor();
      await page.getByRole('link', { name: 'Failover' }).click();
      await page.getByText('10.99.0.100/24').waitFor();
    },
  );
  context.diagnostic(
    `from two installed machines to a protected pair: ${Math.round((performance.now() - begun) / 1_000)} s`,
  );
  assert.deepEqual(complaints, []);
  await close();
  await endNeighbour(lab);
  alice = await addUser(lab, 'node-a', 'alice');
});

test('a wrong password is refused in words; the right one shows role, address and protection', async () => {
  const { page, context, complaints } = await visit(browser);
  await page.goto(pages['node-a']);
  await assertAccessible(page, 'the sign-in page');
  await signIn(page, 'admin', 'not the password');
  await page.getByRole('alert').getByText('Wrong user name, password or one-time code.').waitFor();
  await signIn(page, 'admin', admin.password);
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  const strip = page.getByRole('banner');
  await strip.getByText('node-a is active').waitFor();
  await strip.getByText('10.99.0.100').waitFor();
  await strip.getByText('Protected').waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a user made in the page connects with the profile from the page, is seen there, and is disconnected there', async () => {
  const { page, context, complaints } = await visit(browser);
  await page.goto(`${pages.shared}/users`);
  await signIn(page, 'admin', admin.password);
  await page.getByRole('button', { name: 'Add user…' }).click();
  const password = freshPassword();
  await page.getByRole('dialog').getByLabel('Name').fill('alice');
  await page.getByRole('dialog').getByLabel('Password', { exact: true }).fill('short');
  const submit = page.getByRole('button', { name: 'Add user', exact: true });
  await submit.click();
  await page.locator('.mantine-PasswordInput-error').getByText('A password needs').waitFor();
  await page.getByRole('dialog').getByLabel('Password', { exact: true }).fill(password);
  await submit.click();
  await page.locator('.mantine-TextInput-error').getByText('The user alice exists already.').waitFor();
  await page.getByRole('dialog').getByLabel('Name').fill('berta');
  await page.getByRole('dialog').getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Add user', exact: true }).click();
  await page.getByText('berta was added. It is on both nodes.').waitFor();

  await page.getByRole('link', { name: 'berta' }).click();
  await page.getByRole('button', { name: 'New profile…' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Make and download' }).click(),
  ]);
  const profile = readFileSync(await download.path(), 'utf8');
  const client = await VpnClient.connect(lab, 'client-1', { user: 'berta', password, profile });
  try {
    assert.equal(client.connected, true);
    await page.getByRole('link', { name: 'Current users' }).click();
    const row = page.getByRole('row').filter({ hasText: 'berta' });
    await row.waitFor();
    await row.getByRole('button', { name: /^Actions for berta/ }).click();
    await page.getByRole('menuitem', { name: 'Block the account…' }).click();
    await page.getByRole('button', { name: 'Block', exact: true }).click();
    await until(() => !client.connected, 20_000, 'berta to be disconnected');
  } finally {
    await client.disconnect();
  }

  await page.getByRole('link', { name: 'Log', exact: true }).click();
  await page.getByLabel('Of which process').selectOption('openvpn');
  await page.getByLabel('Search the log').fill('berta');
  const lines = page.getByRole('list', { name: 'Lines of the log, newest first' });
  await lines.getByText('berta').first().waitFor();
  await page.getByLabel('Search the log').fill('');
  await page.getByLabel('Of which process').selectOption('heartbeat');
  await page.getByLabel('Of which node').selectOption('node-b');
  await page.getByText('What the processes of node-b logged last').waitFor();
  await lines.getByText('heartbeat').first().waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a user signs in to what is theirs alone', async () => {
  const { page, context, complaints } = await visit(browser);
  await page.goto(pages.shared);
  await signIn(page, 'alice', alice.password);
  await page.getByRole('heading', { name: 'Your VPN' }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'Users' }).count(), 0);
  await assertAccessible(page, 'the client portal');
  assert.deepEqual(complaints, []);
  await context.close();
});

test('axe finds nothing serious on any page, in light and dark, and no page is wider than a telephone', async () => {
  const { page, context, complaints } = await visit(browser);
  await page.goto(pages.shared);
  await signIn(page, 'admin', admin.password);
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  for (const [path, heading] of administratorPages) {
    await page.goto(`${pages.shared}${path}`);
    await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
    await page.waitForLoadState('networkidle', { timeout: 3_000 }).catch(() => undefined);
    await assertAccessible(page, path);
    // The same page in other colours: colours are what can be wrong with it.
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.locator('html[data-mantine-color-scheme=dark]').waitFor();
    await assertAccessible(page, `${path} in dark`, ['color-contrast']);
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize({ width: 390, height: 844 });
    const width = await settledWidth(page, 390);
    assert.ok(width <= 390, `${path} is ${width} pixels wide on a telephone`);
    await page.setViewportSize({ width: 1440, height: 900 });
  }
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a change of the pair says who notices, and is in force on both nodes', async () => {
  const { page, context, complaints } = await visit(browser);
  await page.goto(`${pages.shared}/failover`);
  await signIn(page, 'admin', admin.password);
  await page.getByLabel('VHID').fill('53');
  await page.getByRole('radio', { name: /^only with a copy/ }).click();
  await page.getByRole('button', { name: 'Review and change…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('row', { name: 'VHID 52 53' }).waitFor();
  await dialog.getByRole('row', { name: /^Taking over always / }).waitFor();
  await dialog.getByText('No client notices the change itself.').waitFor();
  await assertAccessible(page, 'the review of a change');
  await dialog.getByRole('button', { name: 'Change both nodes' }).click();
  await dialog.getByText('The change is in force on both nodes.').waitFor();
  await dialog.getByText('Close', { exact: true }).click();
  await page.getByText('VRRP version 3, VHID 53,').waitFor();
  const { stdout } = await lab.exec('node-b', ['tandem', 'failover', 'show', '--json']);
  assert.equal((JSON.parse(stdout) as { vhid: number }).vhid, 53);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('maintenance says what it does, hands over, and ends on the page of the node itself', async () => {
  const { page, context, complaints } = await visit(browser);
  await page.goto(pages.shared);
  await signIn(page, 'admin', admin.password);
  const strip = page.getByRole('banner').first();
  await strip.getByText('node-a is active').waitFor();
  await page.getByRole('button', { name: 'Maintenance…' }).click();
  await page.getByRole('dialog').getByText('First node-b takes over').waitFor();
  await page.getByRole('button', { name: 'Hand over and begin' }).click();
  await strip.getByText('node-b is active').waitFor({ timeout: 30_000 });

  const own = await visit(browser);
  await own.page.goto(pages['node-a']);
  await signIn(own.page, 'admin', admin.password);
  await own.page.getByRole('button', { name: 'End maintenance…' }).click();
  await own.page.getByRole('button', { name: 'End maintenance', exact: true }).click();
  await own.page.getByRole('button', { name: 'Maintenance…' }).waitFor();
  await own.context.close();

  await strip.getByText('Protected', { exact: true }).waitFor({ timeout: 30_000 });
  await page.getByRole('button', { name: 'Switch over to node-a…' }).click();
  await page.getByRole('button', { name: 'Switch over', exact: true }).click();
  await strip
    .getByText('node-a is active')
    .waitFor({ timeout: 30_000 })
    .catch(async (error: unknown) => {
      const said = await page.getByRole('dialog').allInnerTexts();
      throw new Error(`the switchover came to nothing: ${said.join(' ')}`, { cause: error });
    });
  assert.deepEqual(complaints, []);
  await context.close();
});

test('the page goes on from the other node when the active one loses its power, still signed in; a change survives the return', async () => {
  const { page, context, complaints } = await visit(browser);
  await page.goto(pages.shared);
  await signIn(page, 'admin', admin.password);
  await page.getByRole('banner').getByText('node-a is active').waitFor();
  await lab.powerOff('node-a');
  await page.getByRole('banner').getByText('node-b is active').waitFor({ timeout: 30_000 });
  await page.getByRole('banner').getByText('Not protected').waitFor();

  await page.getByRole('link', { name: 'Users', exact: true }).click();
  await page.getByRole('button', { name: 'Add user…' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('clara');
  await page.getByRole('dialog').getByLabel('Password', { exact: true }).fill(freshPassword());
  await page.getByRole('button', { name: 'Add user', exact: true }).click();
  await page.getByText('clara was added.').waitFor();
  await page.getByText('On this node only').waitFor();

  await lab.powerOn('node-a');
  await page.getByRole('banner').getByText('Protected', { exact: true }).waitFor({ timeout: 30_000 });
  assert.equal((await statusOf(lab, 'node-a'))?.role, 'standby');

  const standby = await visit(browser);
  await standby.page.goto(`${pages['node-a']}/users`);
  await signIn(standby.page, 'admin', admin.password);
  await standby.page.getByText('node-a is standby: what you see here can be read, not changed.').waitFor();
  await standby.page.getByRole('link', { name: 'clara' }).waitFor();
  assert.equal(await standby.page.getByRole('button', { name: 'Add user…' }).count(), 0);
  const link = standby.page.getByRole('link', { name: 'Go to node-b' });
  assert.equal(await link.getAttribute('href'), `${pages['node-b']}/users`);
  await standby.context.close();
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a follower is let in with its key; a backup from the page brings back who was removed, and is not believed with another passphrase', async () => {
  const { page, context, complaints } = await visit(browser);
  await page.goto(`${pages.shared}/followers`);
  await signIn(page, 'admin', admin.password);
  await page.getByRole('button', { name: 'Add follower…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('branch');
  await dialog.getByLabel('Its public key').fill(await freshKey(lab));
  await dialog.getByRole('button', { name: 'Add follower', exact: true }).click();
  await dialog.getByText(/^sudo tandem follower join ey/).waitFor();
  await assertAccessible(page, 'the word for a follower');
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByText('not here yet', { exact: true }).waitFor();

  await page.getByRole('link', { name: 'Backup' }).click();
  await page.getByLabel('Passphrase', { exact: true }).fill('grüne Äpfel');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Make and download' }).click(),
  ]);
  await removeUser(lab, 'alice');
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: 'Choose a file…' }).click(),
  ]);
  await chooser.setFiles(await download.path());
  for (const [passphrase, answer] of [
    ['green apples', /^The passphrase is not the one/],
    ['grüne Äpfel', /^It would be: the state of node-/],
  ] as const) {
    await page.getByLabel('Passphrase of the backup').fill(passphrase);
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText(answer).waitFor();
  }
  await assertAccessible(page, 'what restoring would do');
  await page.getByRole('button', { name: 'Restore…' }).click();
  await page.getByRole('button', { name: 'Restore', exact: true }).click();
  await page.getByText(/^Restored: the state of node-/).waitFor();
  await page.getByRole('link', { name: 'Users', exact: true }).click();
  await page.getByRole('link', { name: 'alice' }).waitFor();

  await page.getByRole('link', { name: 'Followers' }).click();
  await page.getByRole('button', { name: 'Remove branch' }).click();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await page.getByText('There are no followers').waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

/** How wide the page is once it is laid out: at most as wide as `wanted`, or what it still is after five seconds. */
async function settledWidth(page: Page, wanted: number): Promise<number> {
  const width = (): Promise<number> => page.evaluate<number>('document.documentElement.scrollWidth');
  await until(async () => (await width()) <= wanted, 5_000, 'the layout').catch(() => undefined);
  return width();
}

/** The public half of a key that no machine has. */
async function freshKey(lab: Lab): Promise<string> {
  const line = 'cd $(mktemp -d) && ssh-keygen -q -t ed25519 -N "" -C "" -f key && cat key.pub';
  const { stdout } = await lab.exec('office', ['bash', '-c', line], { timeoutMs: 20_000 });
  return stdout.trim();
}

async function removeUser(lab: Lab, name: string): Promise<void> {
  const node = (await statusOf(lab, 'node-a'))?.role === 'active' ? 'node-a' : 'node-b';
  await tandem(lab, node, ['user', 'remove', name]);
}
