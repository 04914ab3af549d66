import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { addUser, profileOf } from '../../lab/demo/set-up.ts';
import { until } from '../../lab/demo/until.ts';
import { VpnClient } from '../../lab/demo/vpn-client.ts';
import { Lab } from '../../lab/lab.ts';
import { browserIn, signIn, visit } from './browser.ts';
import {
  commitAndFollow,
  confirmHostKey,
  freshPassword,
  openFailover,
  pages,
  typeWizards,
} from './set-up.ts';

const desk = { width: 1440, height: 900 };
const telephone = { width: 390, height: 844 };

/** Which pages are shown in the documents, under what name, how wide and in which colours. */
const shots = [
  { file: 'overview', path: '/', scheme: 'light', viewport: desk },
  { file: 'overview-dark', path: '/', scheme: 'dark', viewport: desk },
  { file: 'overview-narrow', path: '/', scheme: 'light', viewport: telephone },
  { file: 'users', path: '/users', scheme: 'light', viewport: desk },
  { file: 'users-narrow-dark', path: '/users', scheme: 'dark', viewport: telephone },
] as const;

const people = ['alice', 'berta', 'carl', 'dora', 'emil', 'frieda'] as const;
const directory = fileURLToPath(new URL('../../docs/screenshots/', import.meta.url));
const admin = { name: 'admin', password: freshPassword() };

async function take(page: Page, file: string): Promise<void> {
  await page.screenshot({ path: `${directory}${file}.png`, animations: 'disabled' });
}

// Makes the pictures of the documents anew, from a pair that is set up in the browser. Started by docs/screenshots/make.
const lab = await Lab.up({ clients: 1, stateDir: `/var/lib/tandem-screenshots-${process.pid}` });
try {
  await typeWizards(lab, admin);
  const browser = await browserIn(lab, 'office');

  const { page: form, close } = await openFailover(browser, admin);
  await form.getByLabel('SSH password', { exact: true }).fill(lab.password);
  await form.getByRole('button', { name: 'Validate' }).click();
  await form.getByRole('button', { name: 'It is the same' }).waitFor();
  await take(form, 'failover-host-key');
  await confirmHostKey(form, lab);
  await form.getByText('All GOOD.').waitFor();
  await form.getByRole('heading', { name: 'Validation' }).scrollIntoViewIfNeeded();
  await form.getByRole('button', { name: 'Commit and Restart…' }).scrollIntoViewIfNeeded();
  await take(form, 'failover-validated');
  await commitAndFollow(form, admin.name);
  await close();

  const passwords = new Map<string, string>();
  for (const name of people) passwords.set(name, (await addUser(lab, 'node-a', name)).password);
  await lab.exec('node-a', ['tandem', 'user', 'block', 'dora']);
  const profile = await profileOf(lab, 'node-a', 'alice');
  const client = await VpnClient.connect(lab, 'client-1', {
    user: 'alice',
    password: passwords.get('alice') ?? '',
    profile,
  });
  await until(() => client.connected, 20_000, 'alice to be connected');

  for (const { file, path, scheme, viewport } of shots) {
    const { page, context } = await visit(browser, { colorScheme: scheme, viewport });
    await page.goto(`${pages.shared}${path}`);
    await signIn(page, admin.name, admin.password);
    await page.getByRole('button', { name: `Account of ${admin.name}` }).waitFor();
    // The chart has something to draw after its second count, a minute after the first.
    if (path === '/') await page.locator('.uplot canvas').waitFor({ timeout: 130_000 });
    await page.waitForLoadState('networkidle', { timeout: 3_000 }).catch(() => undefined);
    await take(page, file);
    await context.close();
  }

  const { page: portal, context } = await visit(browser, { viewport: telephone });
  await portal.goto(pages.shared);
  await signIn(portal, 'alice', passwords.get('alice') ?? '');
  await portal.getByRole('heading', { name: 'Your VPN' }).waitFor();
  await portal.waitForLoadState('networkidle', { timeout: 3_000 }).catch(() => undefined);
  await take(portal, 'portal-narrow');
  await context.close();

  await browser.close();
  await client.disconnect();
} finally {
  await lab.down();
}
