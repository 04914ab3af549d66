import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Browser, Locator, Page } from 'playwright-core';
import { pair } from '../../lab/demo/set-up.ts';
import { typeWizards as type } from '../../lab/demo/set-up-in-person.ts';
import { until } from '../../lab/demo/until.ts';
import type { Lab } from '../../lab/lab.ts';
import type { NodeName } from '../../lab/topology.ts';
import { assertAccessible } from './accessible.ts';
import { signIn, visit } from './browser.ts';

/** Where the pages of the pair are. */
export const pages: Readonly<Record<'shared' | NodeName, string>> = {
  shared: `https://${pair.virtualAddress}:${pair.pagesPort}`,
  'node-a': `https://10.99.0.1:${pair.pagesPort}`,
  'node-b': `https://10.99.0.2:${pair.pagesPort}`,
};

export function freshPassword(): string {
  return randomBytes(12).toString('base64url');
}

/** The wizard on both machines, each line as a person types it; ENTER where the default is right. */
export async function typeWizards(lab: Lab, admin: { name: string; password: string }): Promise<void> {
  const [first, second] = await type(lab, admin);
  assert.match(first, /Admin Web UI: https:\/\/10\.99\.0\.1:943\//);
  assert.match(second, /waits to be paired/);
  assert.ok(!first.includes(admin.password), 'a password is not shown while it is typed');
}

const neighbour = 'gateway';

/** Another machine of the LAN has the virtual address, and another pair the number. */
export async function takeAddressAndNumber(lab: Lab): Promise<void> {
  await shell(
    lab,
    `printf 'vrrp_instance x {\\n state BACKUP\\n interface eth0\\n virtual_router_id ${pair.vhid}\\n priority 100\\n advert_int 1\\n virtual_ipaddress {\\n 10.99.0.77/24\\n }\\n}\\n' > /tmp/k.conf
     ip address add ${pair.virtualAddress}/24 dev eth0
     keepalived --vrrp --use-file /tmp/k.conf --pid /run/k.pid --vrrp_pid /run/kv.pid`,
  );
  await until(
    async () => (await shell(lab, 'ip -4 -o address show dev eth0')).includes('10.99.0.77'),
    20_000,
    'keepalived to serve',
  );
}

export async function giveAddressBack(lab: Lab): Promise<void> {
  await shell(lab, `ip address del ${pair.virtualAddress}/24 dev eth0`);
}

export async function endNeighbour(lab: Lab): Promise<void> {
  await shell(lab, 'kill $(cat /run/k.pid)');
}

async function shell(lab: Lab, line: string): Promise<string> {
  const { code, stdout, stderr } = await lab.exec(neighbour, ['bash', '-c', line]);
  assert.equal(code, 0, stderr);
  return stdout;
}

/** On the primary's own address, signed in, with the fields filled in as far as they are known to be right. */
export async function openFailover(
  browser: Browser,
  admin: { name: string; password: string },
): Promise<{ page: Page; complaints: string[]; close: () => Promise<void> }> {
  const { page, complaints, context } = await visit(browser);
  await page.goto(pages['node-a']);
  await signIn(page, admin.name, admin.password);
  await page.getByRole('link', { name: 'Failover' }).click();
  await page.getByRole('radio', { name: /^LAN model/ }).click();
  await page.getByLabel('Shared virtual address').fill(pair.virtualAddress);
  await page.getByLabel('Address', { exact: true }).fill('10.99.0.2');
  await page.getByRole('radio', { name: /^Fast/i }).click();
  await assertAccessible(page, 'the Failover page of a node alone');
  return { page, complaints, close: () => context.close() };
}

/** Nothing is sent to the other machine before a person has compared what it is known by. */
export async function confirmHostKey(page: Page, lab: Lab): Promise<void> {
  const words = ['ssh-keygen', '-lf', '/etc/ssh/ssh_host_ed25519_key.pub'];
  const { stdout } = await lab.exec('node-b', words);
  const fingerprint = /SHA256:\S+/.exec(stdout)?.[0];
  assert.ok(fingerprint);
  await page.getByRole('dialog').getByText(fingerprint, { exact: true }).waitFor();
  await page.getByRole('button', { name: 'It is the same' }).click();
}

export function row(page: Page, title: string): Locator {
  return page.getByRole('list', { name: 'Validation' }).getByRole('listitem').filter({ hasText: title });
}

/** Commit and Restart; returns when the browser has found its way to the virtual address and is signed in there. */
export async function commitAndFollow(page: Page, admin: string): Promise<void> {
  await page.getByRole('button', { name: 'Commit and Restart…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(`This page goes on at ${pair.virtualAddress} by itself`).waitFor();
  await dialog.getByRole('button', { name: 'Commit and Restart' }).click();
  await dialog.getByRole('list', { name: 'Progress' }).waitFor();
  await page.waitForURL(`${pages.shared}/`, { timeout: 60_000 });
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await page.getByRole('button', { name: `Account of ${admin}` }).waitFor();
}
