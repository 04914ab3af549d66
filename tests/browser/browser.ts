import { fileURLToPath } from 'node:url';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';
import type { Lab } from '../../lab/lab.ts';

/** On a Debian without a desktop and as root; nothing of chromium's own may go out. */
const switches = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
];

/** Debian's chromium, for a node that answers on the loopback interface of this machine. */
export function browserHere(): Promise<Browser> {
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: switches });
}

/** Debian's chromium, in the network of a host of the lab: it reaches both nodes and the virtual address as that host does. */
export function browserIn(lab: Lab, host: string): Promise<Browser> {
  const network = lab.list().hosts.find(({ name }) => name === host)?.namespaces?.net;
  if (network === undefined) throw new Error(`${host} is switched off`);
  return chromium.launch({
    executablePath: fileURLToPath(new URL('chromium-in-network', import.meta.url)),
    args: switches,
    env: { ...process.env, TANDEM_NETWORK: network },
  });
}

/** A visit: a person's browser window, with whatever the page complained of. */
export interface Visit {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Errors of the page's program, and what its security policy had to stop. */
  readonly complaints: string[];
}

/** The pair makes its own certificate, which no browser knows: that one warning is taken for granted. */
export async function visit(browser: Browser, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({
    ignoreHTTPSErrors: true,
    viewport: { width: 1440, height: 900 },
    ...options,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    const text = message.text();
    if (message.type() === 'error' && !/Failed to load resource|net::ERR/.test(text)) complaints.push(text);
  });
  return { context, page, complaints };
}

export async function signIn(page: Page, user: string, password: string): Promise<void> {
  await page.getByLabel('User', { exact: true }).fill(user);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}
