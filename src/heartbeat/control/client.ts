import { connect } from 'node:net';
import { TandemError } from '../../core/errors.ts';
import { readLines, writeLine } from './lines.ts';
import type { ControlRequest } from './requests.ts';

/** Sends one request and returns the first line of the answer, parsed. Throws `TandemError` within `timeoutMs`. */
export function ask(path: string, request: ControlRequest, timeoutMs = 5000): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    const fail = (reason: string, cause?: unknown): void => {
      socket.destroy();
      reject(unavailable(path, reason, cause));
    };
    socket.setTimeout(timeoutMs, () => fail('it does not answer'));
    socket.once('error', (cause) => fail(cause.message, cause));
    socket.once('close', () => fail('it closed the connection'));
    readLines(socket, (line) => {
      resolve(JSON.parse(line));
      socket.destroy();
    });
    socket.once('connect', () => writeLine(socket, request));
  });
}

function unavailable(path: string, reason: string, cause: unknown): TandemError {
  return new TandemError({
    code: 'heartbeat.unavailable',
    culprit: 'operator',
    message: `no heartbeat on the control socket ${path}: ${reason}`,
    hint: 'start one with: tandem heartbeat run --config FILE',
    cause,
  });
}
