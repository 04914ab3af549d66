import type { ClientRequest } from 'node:http';
import { Agent, get, request as requestOverTls } from 'node:https';
import { type ServedNode, signIn } from '../../tests/unit/api/served-node.ts';
import { quantile, type Series } from '../replication/figures.ts';
import { boss, person, userCount } from './crowded-node.ts';

/** Of one question in one run; what a run shows is the median of them. */
const asksPerRun = 15;
const openPages = 20;
const bar = 'under 50';

/** How long the API takes to answer, from the request to the last byte, over one connection as a browser keeps it. */
export async function answers(served: ServedNode, runs: number): Promise<Series[]> {
  const browser = await signIn(served, boss.name, boss.password);
  const agent = new Agent({
    keepAlive: true,
    maxSockets: 1,
    ca: served.store.identity.get('web-certificate'),
  });
  const ask = (method: string, path: string, body?: unknown): Promise<number> =>
    timed(served.port, agent, browser.headers, method, path, body);
  const last = userCount - 50;
  let changes = 0;
  const fresh = (): unknown => ({ routes: [`10.${changes >> 8}.${changes++ & 255}.0/24`] });
  const questions: readonly (readonly [what: string, ask: (at: number) => Promise<number>])[] = [
    ['users: the first 50', () => ask('GET', '/users?limit=50')],
    ['users: the last 50', () => ask('GET', `/users?offset=${last}&limit=50`)],
    ['users: a part of the name', () => ask('GET', '/users?search=42&limit=50')],
    ['users: the blocked ones', () => ask('GET', '/users?state=blocked&limit=50')],
    ['one user', (at) => ask('GET', `/users/${person(at * 7).name}`)],
    ['one user changed', (at) => ask('PATCH', `/users/${person(at * 7).name}`, fresh())],
    ['groups', () => ask('GET', '/groups')],
    ['sessions: all 1,000', () => ask('GET', '/sessions')],
    ['certificates: the first 50', () => ask('GET', '/certificates?limit=50')],
    ['overview', () => ask('GET', '/overview')],
    ['status', () => ask('GET', '/status')],
  ];
  const alone = await measured(questions, runs);
  const pages = await Promise.all(Array.from({ length: openPages }, () => listen(served, browser.headers)));
  const watched = await measured(questions, runs);
  for (const page of pages) page.destroy();
  agent.destroy();
  return [
    ...alone.map(({ what, values }) => ({ what, unit: 'ms', values, bar })),
    ...watched.map(({ what, values }) => ({
      what: `${what}, ${openPages} pages open`,
      unit: 'ms',
      values,
      bar,
    })),
  ];
}

async function measured(
  questions: readonly (readonly [what: string, ask: (at: number) => Promise<number>])[],
  runs: number,
): Promise<{ readonly what: string; readonly values: number[] }[]> {
  const values = new Map(questions.map(([what]) => [what, [] as number[]]));
  for (let run = 0; run <= runs; run += 1) {
    for (const [what, ask] of questions) {
      const times: number[] = [];
      for (let at = 0; at < asksPerRun; at += 1) times.push(await ask(run * asksPerRun + at));
      // The first run warms up.
      if (run > 0) values.get(what)?.push(quantile(times, 0.5));
    }
  }
  return [...values].map(([what, all]) => ({ what, values: all }));
}

function timed(
  port: number,
  agent: Agent,
  headers: Record<string, string>,
  method: string,
  path: string,
  body: unknown,
): Promise<number> {
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const outgoing = requestOverTls(
      {
        host: '127.0.0.1',
        port,
        agent,
        method,
        path: `/api/v1${path}`,
        headers: { ...headers, ...(payload === undefined ? {} : { 'content-type': 'application/json' }) },
      },
      (response) => {
        response.resume();
        response.on('end', () => {
          if (response.statusCode === 200) resolve(performance.now() - begun);
          else reject(new Error(`${method} ${path}: ${response.statusCode}`));
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(payload);
  });
}

/** A page that is open: it is told of everything. */
function listen(served: ServedNode, headers: Record<string, string>): Promise<ClientRequest> {
  return new Promise((resolve, reject) => {
    const ca = served.store.identity.get('web-certificate');
    const options = {
      host: '127.0.0.1',
      port: served.port,
      path: '/api/v1/events',
      ca,
      agent: false,
      headers,
    };
    const outgoing = get(options, (response) => {
      response.resume();
      response.on('error', () => undefined);
      resolve(outgoing);
    });
    outgoing.on('error', reject);
  });
}
