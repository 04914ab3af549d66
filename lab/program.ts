import { type ChildProcess, spawn } from 'node:child_process';
import { exitCodes, LabError } from './errors.ts';

export interface RunOptions {
  /** Written to standard input, which is closed after it. */
  readonly input?: string | Uint8Array;
  /** After so long the program is killed and the result is `timedOut`, code 124. */
  readonly timeoutMs?: number;
}

export interface RunResult {
  /** Exit code; 128 + n when signal n ended it, as in a shell. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

const signalNumbers: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGTERM: 15,
};

/** The shell's way to say how a program ended. */
export function exitCode(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? 128 + (signalNumbers[signal ?? ''] ?? 0);
}

/** Feeds a child its input and collects what it says until it ends. */
export function collect(child: ChildProcess, { input, timeoutMs }: RunOptions = {}): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let timedOut = false;
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            child.kill('SIGKILL');
          }, timeoutMs);
    child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      resolve({
        code: timedOut ? 124 : exitCode(code, signal),
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
        timedOut,
      });
    });
    // A program that ends without reading its input is no error of ours.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

/** Runs a program of the machine; throws a LabError with its complaint if it fails. Returns its output. */
export async function run(
  file: string,
  arguments_: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const result = await collect(spawn(file, arguments_), options).catch((error: unknown) => {
    throw new LabError(
      exitCodes.unavailable,
      `Cannot start ${file}`,
      `install it: sudo ./test installs what is missing`,
      error,
    );
  });
  if (result.code !== 0) {
    const complaint = result.stderr.trim().split('\n').slice(-3).join('; ');
    throw new LabError(
      exitCodes.internal,
      `${file} ${arguments_.join(' ')} failed with code ${result.code}: ${complaint}`,
      'remove the lab with lab/lab down and try again',
    );
  }
  return result.stdout;
}
