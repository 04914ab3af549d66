import type { ChildProcess } from 'node:child_process';

/** The wizard waits: what it printed last is a prompt. */
const prompt = /(?:\]: |> )$/;

/** Types each line into a program's terminal when it waits for one; answers all that was to be seen there. */
export function typeLines(child: ChildProcess, lines: readonly string[]): Promise<string> {
  const left = [...lines];
  let output = '';
  let unread = '';
  child.stdout?.setEncoding('utf8');
  child.stdout?.on('data', (chunk: string) => {
    output += chunk;
    unread += chunk;
    if (!prompt.test(unread)) return;
    const line = left.shift();
    if (line === undefined) return;
    unread = '';
    child.stdin?.write(`${line}\r`);
  });
  return new Promise((done, reject) => {
    child.on('error', reject);
    child.on('close', () => done(output));
  });
}
