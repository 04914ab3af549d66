import type { ChildProcess } from 'node:child_process';
import type { Lab } from '../lab.ts';
import type { NodeName } from '../topology.ts';
import { startAgent } from './agent.ts';
import type { NodeStatus } from './node-commands.ts';

const staleMs = 1_500;

/** The status of one node as it is now; undefined while the node does not say. */
export class NodeWatch {
  readonly #lab: Lab;
  readonly #node: NodeName;
  #child: ChildProcess | undefined;
  #status: NodeStatus | undefined;
  #atMs = 0;

  constructor(lab: Lab, node: NodeName) {
    this.#lab = lab;
    this.#node = node;
  }

  /** Also after the node's power was off: what watched it died with it. */
  start(): void {
    this.#child = startAgent(this.#lab, this.#node, 'status', [], (event) => {
      if (!('status' in event)) return;
      this.#status = event.status as NodeStatus | undefined;
      this.#atMs = event.atMs;
    });
  }

  stop(): void {
    this.#child?.kill('SIGTERM');
  }

  get status(): NodeStatus | undefined {
    return Date.now() - this.#atMs < staleMs ? this.#status : undefined;
  }
}
