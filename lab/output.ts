import type { ChildProcess } from 'node:child_process';
import { exitCodes, LabError } from './errors.ts';

/**
 * Waits for a line on a child's standard output that begins with `word`; resolves with that line. `subject`
 * names the child in the error that is thrown if it ends before.
 */
export function firstLine(child: ChildProcess, word: string, subject: string): Promise<string> {
  const { stdout } = child;
  return new Promise((resolve, reject) => {
    let text = '';
    const stop = (): void => {
      stdout?.off('data', listen);
      child.off('error', fail);
      child.off('exit', fail);
    };
    const fail = (cause: unknown): void => {
      stop();
      const message = `Starting ${subject} failed before it said "${word}"`;
      reject(new LabError(exitCodes.internal, message, 'see the console log in the state directory', cause));
    };
    const listen = (chunk: Buffer): void => {
      text += chunk.toString();
      const line = text
        .split('\n')
        .slice(0, -1)
        .find((candidate) => candidate.startsWith(word));
      if (line === undefined) return;
      stop();
      resolve(line);
    };
    stdout?.on('data', listen);
    child.once('error', fail);
    child.once('exit', fail);
  });
}
