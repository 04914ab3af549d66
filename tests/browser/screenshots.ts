import { fileURLToPath } from 'node:url';
import { profileOf } from '../../lab/demo/set-up.ts';
import { until } from '../../lab/demo/until.ts';
import { VpnClient } from '../../lab/demo/vpn-client.ts';
import { browserIn, signIn, visit } from './browser.ts';
import { pages, pairWithPeople } from './pair-with-people.ts';

/** Which pages are shown in the documents, and under what name. */
const shots = [
  { file: 'overview', path: '/', scheme: 'light', width: 1280, height: 900 },
  { file: 'overview-dark', path: '/', scheme: 'dark', width: 1280, height: 900 },
  { file: 'overview-narrow', path: '/', scheme: 'light', width: 390, height: 844 },
  { file: 'users', path: '/users', scheme: 'light', width: 1280, height: 700 },
] as const;

const directory = fileURLToPath(new URL('../../docs/screenshots/', import.meta.url));

// Makes the pictures of the documents anew, from a real pair with a connected client. Started by docs/screenshots/make.
const people = await pairWithPeople(`/var/lib/tandem-screenshots-${process.pid}`);
const { lab } = people;
try {
  const profile = await profileOf(lab, 'node-a', 'alice');
  const client = await VpnClient.connect(lab, 'client-1', {
    user: 'alice',
    password: people.alice.password,
    profile,
  });
  await until(() => client.connected, 20_000, 'alice to be connected');
  const browser = await browserIn(lab, 'office');
  for (const { file, path, scheme, width, height } of shots) {
    const { page, context } = await visit(browser, { colorScheme: scheme, viewport: { width, height } });
    await page.goto(`${pages.shared}${path}`);
    await signIn(page, 'admin', people.admin.password);
    await page.getByRole('heading', { level: 1 }).waitFor();
    // The chart has something to draw after its second count, a minute after the first.
    if (path === '/') await page.locator('.uplot canvas').waitFor({ timeout: 100_000 });
    await page.screenshot({ path: `${directory}${file}.png` });
    await context.close();
  }
  await browser.close();
  await client.disconnect();
} finally {
  await lab.down();
}
