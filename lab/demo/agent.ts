import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Lab } from '../lab.ts';

const node = '/opt/tandem/node_modules/.bin/node';

/** What an agent says: one line of JSON each, with the machine's wall clock, which all hosts of the lab share. */
export interface AgentEvent {
  readonly atMs: number;
  readonly event: string;
  readonly address?: string;
  readonly number?: number;
  readonly reason?: string;
  readonly connection?: string;
}

/** Starts one of `lab/demo/agents` in a host and hands on what it says. */
export function startAgent(
  lab: Lab,
  host: string,
  name: string,
  words: readonly string[],
  onEvent: (event: AgentEvent) => void,
): ChildProcess {
  const script = `/opt/tandem/lab/demo/agents/${name}.ts`;
  const child = lab.spawn(host, [node, '--disable-warning=ExperimentalWarning', script, ...words]);
  child.stderr?.resume();
  if (child.stdout !== null) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('{')) onEvent(JSON.parse(line) as AgentEvent);
    });
  }
  return child;
}
