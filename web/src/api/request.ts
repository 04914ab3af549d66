/** What the API says when it refuses, in the words it uses everywhere. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;
  /** The next step to take. */
  readonly hint: string;
  /** The field of the request that it is about, where it is one. */
  readonly field: string | undefined;

  constructor(status: number, code: string, message: string, hint: string, field?: string) {
    super(message);
    this.field = field;
    this.status = status;
    this.code = code;
    this.hint = hint;
  }
}

const timeoutMs = 30_000;
let csrfToken = '';

/** The token that the node wants to see with every change; it comes with the session. */
export function rememberCsrfToken(token: string): void {
  csrfToken = token;
}

export interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** A Blob goes as its bytes, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until the answer is given up. */
  readonly timeoutMs?: number;
}

/** Asks the node that serves this page. Throws ApiError; code `network` when there was no answer. */
export async function request<Answer>(path: string, options: RequestOptions = {}): Promise<Answer> {
  const response = await send(path, options);
  const text = await response.text();
  const body: unknown = text === '' ? undefined : parsed(text);
  if (!response.ok) throw refusal(response.status, body);
  return body as Answer;
}

/** As `request`, for an answer that is a file. */
export async function requestFile(path: string, options: RequestOptions = {}): Promise<Blob> {
  const response = await send(path, options);
  if (!response.ok) throw refusal(response.status, parsed(await response.text()));
  return response.blob();
}

async function send(path: string, options: RequestOptions): Promise<Response> {
  const { method = 'GET', body, signal } = options;
  const limit = AbortSignal.timeout(options.timeoutMs ?? timeoutMs);
  try {
    return await fetch(`/api/v1${path}`, {
      method,
      credentials: 'same-origin',
      cache: 'no-store',
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
      headers: {
        ...options.headers,
        ...(body === undefined ? {} : { 'content-type': typeOf(body) }),
        ...(method === 'GET' ? {} : { 'x-csrf-token': csrfToken }),
      },
      ...(body === undefined ? {} : { body: body instanceof Blob ? body : JSON.stringify(body) }),
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new ApiError(0, 'network', 'The node does not answer.', 'This page keeps trying by itself');
  }
}

function typeOf(body: unknown): string {
  return body instanceof Blob ? 'application/octet-stream' : 'application/json';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function refusal(status: number, body: unknown): ApiError {
  const error = isObject(body) && isObject(body['error']) ? body['error'] : {};
  return new ApiError(
    status,
    textOf(error['code'], 'unknown'),
    textOf(error['message'], `The node answered with status ${status}.`),
    textOf(error['hint'], 'Try again'),
    typeof error['field'] === 'string' ? error['field'] : undefined,
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function textOf(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value : otherwise;
}
