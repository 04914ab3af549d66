import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** Asks the node's API for its status four times a second and hands each answer on, one line of JSON each. */
const socketPath = '/run/tandem/server/api.sock';

for (;;) {
  const status = await ask().catch(() => undefined);
  process.stdout.write(`${JSON.stringify({ atMs: Date.now(), event: 'status', status })}\n`);
  await sleep(250);
}

function ask(): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, path: '/api/v1/status', timeout: 2_000 }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () =>
        response.statusCode === 200 ? resolve(JSON.parse(text)) : reject(new Error(text)),
      );
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer')));
    outgoing.on('error', reject);
    outgoing.end();
  });
}
