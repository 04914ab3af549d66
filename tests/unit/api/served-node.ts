import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:https';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { listenOnHttps } from '../../../src/api/https/server.ts';
import { Live } from '../../../src/api/live/live.ts';
import { HeartbeatClient } from '../../../src/pair/heartbeat-client.ts';
import { Node } from '../../../src/pair/node.ts';
import type { Privileged } from '../../../src/privileged/privileged.ts';
import { RecallKeys } from '../../../src/recall/keys.ts';
import { Recall } from '../../../src/recall/recall.ts';
import { defaultWebPlace, type NodeConfig } from '../../../src/settings/node.ts';
import type { Store } from '../../../src/store/store.ts';
import { VpnService } from '../../../src/vpn/service.ts';
import { type Lifetime, openStore } from '../store/workspace.ts';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Of a JSON answer. */
  readonly body: Record<string, unknown>;
}

export interface ServedNode {
  readonly node: Node;
  readonly store: Store;
  readonly port: number;
  /** Where a port that the node opened beside the pages' really is, while it is open. */
  opened(port: number): number | undefined;
  /** The node's. */
  readonly clock: { skipDays(days: number): void };
  /** One request over TLS, with the node's own certificate checked. */
  ask(
    method: string,
    path: string,
    options?: { body?: unknown; headers?: Record<string, string>; at?: string },
  ): Promise<Answer>;
}

const silent = pino({ level: 'silent' });
const refused = (): Promise<never> => Promise.reject(new Error('not in this test'));

/** Whatever the server asks of root is refused, but ports: they are opened on the loopback interface, under other numbers. */
function privilegedFor(opened: (server: Server, port: number) => void): Privileged {
  return {
    runHeartbeat: refused,
    stopHeartbeat: refused,
    runOpenvpn: refused,
    restartOpenvpn: refused,
    stopOpenvpn: refused,
    applyClientRoutes: refused,
    applyFirewall: refused,
    runConnectionTracking: refused,
    followConnections: async () => undefined,
    onPackets: () => undefined,
    sendTickle: refused,
    nudge: refused,
    sendRecall: refused,
    probeLan: refused,
    readLog: async () => ['{"level":40,"time":1700000000000,"process":"server","msg":"look out"}'],
    listen: ({ port }) =>
      new Promise((resolve) => {
        const server = createServer().listen(0, '127.0.0.1', () => {
          opened(server, port);
          resolve(server);
        });
      }),
  };
}

/** A node of its own, not paired and without a VPN identity, whose API answers over TLS on this machine. */
export async function serveNode(
  context: Lifetime,
  options: { start?: NodeConfig['start']; pages?: string } = {},
): Promise<ServedNode> {
  const store = openStore(context);
  const ports = new Map<number, Server>();
  const listening = Promise.withResolvers<Server>();
  const privileged = privilegedFor((server, port) => {
    ports.set(port, server);
    if (port === defaultWebPlace.port) listening.resolve(server);
  });
  let skippedMs = 0;
  const now = (): number => Date.now() + skippedMs;
  const config: NodeConfig = {
    nodeId: randomUUID(),
    name: 'node-t',
    start: options.start ?? 'primary',
    interface: 'lo',
    address: '127.0.0.1',
    prefixLength: 8,
  };
  const rememberLogin: ConstructorParameters<typeof VpnService>[0]['rememberLogin'] = (fact) =>
    node.users.rememberLogin(fact);
  const place = mkdtempSync(join(tmpdir(), 'tandem-served-'));
  context.after(() => rmSync(place, { recursive: true }));
  const files = {
    directory: join(place, 'ccd'),
    revokedSerials: join(place, 'revoked'),
    revocationList: join(place, 'crl.pem'),
  };
  const vpn = new VpnService({
    store,
    node: config,
    privileged,
    log: silent,
    now: Date.now,
    rememberLogin,
    ensureAddress: (user) => node.profiles.generic.ensureAddress(user),
    files,
  });
  const recall = new Recall({
    clients: vpn.clients,
    privileged,
    keys: new RecallKeys(store),
    mayCall: () => true,
    log: silent,
    now: Date.now,
  });
  const node = new Node({
    config,
    productVersion: '0.0.0',
    store,
    vpn,
    recall,
    privileged,
    heartbeat: (onState) => new HeartbeatClient('/nonexistent/heartbeat.sock', onState),
    log: silent,
    now,
  });
  await node.start();
  const live = new Live(node);
  live.start();
  const pages = options.pages === undefined ? {} : { pages: options.pages };
  const https = await listenOnHttps({ node, live, privileged, log: silent, ...pages });
  const server: Server = await listening.promise;
  const { port } = server.address() as AddressInfo;
  context.after(async () => {
    live.stop();
    await https.close();
    await node.stop();
  });
  return {
    node,
    store,
    port,
    opened: (number) => (ports.get(number)?.address() as AddressInfo | null | undefined)?.port,
    clock: {
      skipDays: (days) => {
        skippedMs += days * 86_400_000;
      },
    },
    ask: (method, path, { body, headers = {}, at = '127.0.0.1' } = {}) =>
      new Promise((resolve, reject) => {
        const payload = body === undefined ? undefined : JSON.stringify(body);
        const outgoing = request(
          {
            host: at,
            port,
            method,
            path,
            ca: store.identity.get('web-certificate'),
            agent: false,
            headers: {
              ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
              ...headers,
            },
          },
          (response) => {
            let text = '';
            response.setEncoding('utf8');
            response.on('data', (chunk: string) => {
              text += chunk;
            });
            response.on('end', () => {
              const json = response.headers['content-type']?.includes('json') === true;
              const parsed = json ? (JSON.parse(text) as Record<string, unknown>) : {};
              resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: parsed });
            });
          },
        );
        outgoing.on('error', reject);
        outgoing.end(payload);
      }),
  };
}

export interface Browser {
  readonly cookie: string;
  readonly csrf: string;
  /** What a page sends with every request, and with a change. */
  readonly headers: Record<string, string>;
}

/** Signs in as a browser does; throws what the API said when it refuses. */
export async function signIn(served: ServedNode, user: string, password: string): Promise<Browser> {
  const answer = await served.ask('POST', '/api/v1/session', { body: { user, password } });
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
  const cookie = String(answer.headers['set-cookie']?.[0]).split(';')[0] ?? '';
  const csrf = String(answer.body['csrf']);
  return { cookie, csrf, headers: { cookie, 'x-csrf-token': csrf } };
}
