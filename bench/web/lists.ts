import type { Browser, Page } from 'playwright-core';
import { browserHere, signIn, visit } from '../../tests/browser/browser.ts';
import { type ServedNode, signIn as signInByApi } from '../../tests/unit/api/served-node.ts';
import type { Series } from '../replication/figures.ts';
import { boss } from './crowded-node.ts';

const turns = 10;
const bar = 'under 200';

/** The longest time for which a list keeps the browser from answering (a long task), while it is paged, searched and scrolled. */
export async function lists(served: ServedNode, runs: number): Promise<Series[]> {
  await signInByApi(served, boss.name, boss.password);
  const browser = await browserHere();
  try {
    const found: Series[] = [];
    for (const [path, heading] of [
      ['/users', 'Users'],
      ['/clients', 'Current users'],
      ['/certificates', 'Certificates'],
    ] as const) {
      const longest: number[] = [];
      for (let run = 0; run < runs; run += 1)
        longest.push(await longestTask(browser, served.port, path, heading));
      found.push({
        what: `${heading}: the longest task of ${turns} pages, a search and a scroll`,
        unit: 'ms',
        values: longest,
        bar,
      });
    }
    return found;
  } finally {
    await browser.close();
  }
}

async function longestTask(browser: Browser, port: number, path: string, heading: string): Promise<number> {
  const { page, context } = await visit(browser);
  await page.goto(`https://127.0.0.1:${port}${path}`);
  await signIn(page, boss.name, boss.password);
  await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
  await page.getByRole('row').nth(10).waitFor();
  await page.evaluate(`
    window.longest = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) window.longest = Math.max(window.longest, duration);
    }).observe({ type: 'longtask' });
  `);
  for (let turn = 0; turn < turns; turn += 1) await nextPage(page);
  await page.getByRole('textbox', { name: /^Search/ }).fill('person-004');
  await page.getByRole('row').filter({ hasText: 'person-004' }).first().waitFor();
  await page.mouse.wheel(0, 4_000);
  await page.waitForTimeout(300);
  const longest = Number(await page.evaluate('window.longest'));
  await context.close();
  // A task below 50 ms is none that browsers report.
  return longest;
}

async function nextPage(page: Page): Promise<void> {
  const first = await page.getByRole('row').nth(1).textContent();
  await page.getByRole('button', { name: 'Next' }).click();
  // Asked from here: the page's own policy lets no text be run in it.
  while ((await page.getByRole('row').nth(1).textContent()) === first) await page.waitForTimeout(5);
}
