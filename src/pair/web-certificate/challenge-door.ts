import { createServer, type Server } from 'node:http';
import type { Server as Port } from 'node:net';
import { TandemError } from '../../core/errors.ts';
import type { Privileged } from '../../privileged/privileged.ts';

const port = 80;
const place = '/.well-known/acme-challenge/';
const longestRequestMs = 5_000;

/** Port 80, open for as long as an order runs: answers the authority's question (RFC 8555 §8.3) and nothing else. */
export class ChallengeDoor {
  readonly #answers = new Map<string, string>();
  readonly #http: Server;
  readonly #ports: Port[] = [];

  constructor() {
    this.#http = createServer({ requestTimeout: longestRequestMs }, (request, response) => {
      const { pathname } = new URL(request.url ?? '/', 'http://node');
      const content = pathname.startsWith(place)
        ? this.#answers.get(pathname.slice(place.length))
        : undefined;
      response.setHeader('connection', 'close');
      if (content === undefined || request.method !== 'GET') response.writeHead(404).end();
      else response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(content);
    });
  }

  /** @throws TandemError `pair.web-certificate.port` where another program has it */
  async open(privileged: Pick<Privileged, 'listen'>, address: string): Promise<void> {
    try {
      const opened = await privileged.listen({ address, port });
      opened.on('connection', (socket) => this.#http.emit('connection', socket));
      this.#ports.push(opened);
    } catch (cause) {
      throw new TandemError({
        code: 'pair.web-certificate.port',
        culprit: 'operator',
        message: `Port ${port} of ${address}, where the authority asks, cannot be opened: ${cause instanceof Error ? cause.message : cause}.`,
        hint: `See who has it: ss -ltnp 'sport = :${port}'`,
        cause,
      });
    }
  }

  answer(token: string, content: string): void {
    this.#answers.set(token, content);
  }

  close(): void {
    for (const opened of this.#ports) opened.close();
    this.#http.closeAllConnections();
  }
}
