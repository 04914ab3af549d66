import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { paths } from '../settings/paths.ts';
import { failureOf, unreachable } from './api-client.ts';

const largestErrorBytes = 64 * 1024;

/** One request to this node's API whose answer is bytes. @throws TandemError as `callApi` does */
export async function readApiBytes(path: string): Promise<Readable> {
  const response = await send(path, undefined);
  return response;
}

/** One request whose body is bytes and whose answer is JSON. @throws TandemError as `callApi` does */
export async function sendApiBytes(path: string, body: AsyncIterable<Uint8Array>): Promise<unknown> {
  return JSON.parse(await textOf(await send(path, body)));
}

async function send(path: string, body: AsyncIterable<Uint8Array> | undefined): Promise<IncomingMessage> {
  const outgoing = request({
    socketPath: paths.apiSocket,
    method: 'POST',
    path: `/api/v1${path}`,
    headers: {
      'x-tandem-actor': encodeURIComponent(process.env['SUDO_USER'] ?? 'root'),
      ...(body === undefined ? {} : { 'content-type': 'application/octet-stream' }),
    },
  });
  const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
  let own: unknown;
  if (body === undefined) outgoing.end();
  else {
    // The service may answer before it has read everything; what it says then counts, not that the rest was not taken.
    pipeline(body, outgoing).catch((error: unknown) => {
      own = error;
      outgoing.destroy();
    });
  }
  const [response] = await answered.catch((cause: unknown) => {
    throw own instanceof Error && 'hint' in own
      ? own
      : unreachable(cause instanceof Error ? cause : new Error(String(cause)));
  });
  const status = response.statusCode ?? 500;
  if (status < 400) return response;
  throw failureOf(status, `POST ${path}`, await textOf(response));
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    size += (chunk as Buffer).length;
    if (size <= largestErrorBytes) chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}
