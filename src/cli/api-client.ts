import { request } from 'node:http';
import { z } from 'zod';
import { TandemError } from '../core/errors.ts';
import { paths } from '../settings/paths.ts';

const answerTimeoutMs = 60_000;
const largestAnswerBytes = 64 * 1024 * 1024;

const errorSchema = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    hint: z.string(),
    culprit: z.enum(['caller', 'peer', 'operator', 'us']),
  }),
});

/**
 * One request to this node's API over its unix socket. The body goes and comes as JSON.
 * @throws TandemError the API's own error, or `api.unreachable` when the service does not run.
 */
export async function callApi(
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<unknown> {
  const { statusCode, text } = await exchange(method, path, body);
  const value: unknown = text === '' ? undefined : JSON.parse(text);
  if (statusCode < 400) return value;
  throw failureOf(statusCode, `${method} ${path}`, text);
}

/** The API's own error out of its answer. */
export function failureOf(statusCode: number, request: string, text: string): TandemError {
  try {
    const failure = errorSchema.safeParse(JSON.parse(text));
    if (failure.success) return new TandemError(failure.data.error);
  } catch {
    // Not JSON: said below.
  }
  return new TandemError({
    code: 'api.malformed-answer',
    culprit: 'us',
    message: `The service answered ${statusCode} to ${request} in a form this command does not know.`,
    hint: 'Compare the versions: tandem --version, and restart the service: systemctl restart tandem',
  });
}

function exchange(
  method: string,
  path: string,
  body: unknown,
): Promise<{ statusCode: number; text: string }> {
  return new Promise((resolve, reject) => {
    const payload = body === undefined ? '' : JSON.stringify(body);
    const outgoing = request(
      {
        socketPath: paths.apiSocket,
        method,
        path: `/api/v1${path}`,
        timeout: answerTimeoutMs,
        headers: {
          'x-tandem-actor': encodeURIComponent(process.env['SUDO_USER'] ?? 'root'),
          ...(payload === ''
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > largestAnswerBytes) outgoing.destroy(new Error('the answer is too large'));
          else chunks.push(chunk);
        });
        response.on('end', () =>
          resolve({ statusCode: response.statusCode ?? 500, text: Buffer.concat(chunks).toString('utf8') }),
        );
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${answerTimeoutMs / 1000} s`)));
    outgoing.on('error', (cause) => reject(unreachable(cause)));
    outgoing.end(payload);
  });
}

/** Nobody answered. */
export function unreachable(cause: Error): TandemError {
  const denied = 'code' in cause && cause.code === 'EACCES';
  return new TandemError({
    code: denied ? 'api.no-permission' : 'api.unreachable',
    culprit: 'operator',
    message: denied
      ? `You may not talk to the Tandem service: ${paths.apiSocket} is for root and the group tandem.`
      : `The Tandem service of this node does not answer on ${paths.apiSocket}: ${cause.message}`,
    hint: denied
      ? 'Run the command with sudo'
      : 'Run: systemctl status tandem (or tandem init on a new machine)',
    cause,
  });
}
