import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createConnection, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Lab } from '../lab.ts';
import { firstLine } from '../output.ts';

const agent = fileURLToPath(new URL('agents/page-agent.ts', import.meta.url));

/** How to stop it. */
export interface PageProxy {
  readonly url: string;
  close(): void;
}

/**
 * The pages of the pair on the loopback address of this machine: what arrives there goes through a unix socket into the
 * network of the office host, and from there to the pair's virtual address. TLS is the pair's own, end to end; nothing else
 * of this machine's network is touched.
 */
export async function proxyPages(
  lab: Lab,
  places: { readonly port: number; readonly target: string; readonly targetPort: number },
): Promise<PageProxy> {
  const network = lab.list().hosts.find(({ name }) => name === 'office')?.namespaces?.net;
  if (network === undefined) throw new Error('the office host is switched off');
  const socketPath = `${lab.stateDir}/pages.sock`;
  const words = [socketPath, places.target, String(places.targetPort)];
  const child = spawn(
    'nsenter',
    [`--net=${network}`, '--', process.execPath, '--disable-warning=ExperimentalWarning', agent, ...words],
    { stdio: ['pipe', 'pipe', 'inherit'], cwd: '/' },
  );
  await firstLine(child, 'ready', 'the way to the pages');

  const server = createServer((near) => {
    const far = createConnection(socketPath);
    near.pipe(far);
    far.pipe(near);
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  server.listen(places.port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://127.0.0.1:${places.port}`,
    close() {
      server.close();
      child.stdin.end();
    },
  };
}
