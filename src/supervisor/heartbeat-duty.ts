import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import type { HeartbeatRequest } from '../privileged/channel.ts';
import { paths } from '../settings/paths.ts';
import { Child } from './child.ts';
import { dropVirtualAddress } from './virtual-address.ts';

const command = fileURLToPath(new URL('../../bin/tandem', import.meta.url));

/** Runs the heartbeat; when it is gone, for whatever reason, the virtual address goes before anything else happens. */
export class HeartbeatDuty {
  readonly #log: Logger;
  #child: Child | undefined;
  #running: HeartbeatRequest | undefined;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Starts it, or has it read a changed configuration without a gap (SIGHUP). */
  run(request: HeartbeatRequest): void {
    const config = heartbeatConfig(request);
    if (this.#running !== undefined && heartbeatConfig(this.#running) === config) return;
    writeFileSync(paths.heartbeatConfig, config, { mode: 0o600 });
    this.#running = request;
    if (this.#child === undefined) {
      this.#child = this.#create();
      this.#child.start();
    } else this.#child.signal('SIGHUP');
  }

  async stop(): Promise<void> {
    await this.#child?.stop();
  }

  #create(): Child {
    return new Child(
      {
        name: 'heartbeat',
        program: 'setpriv',
        // Should the supervisor die, the heartbeat leaves gracefully instead of outliving it: prctl(2) PR_SET_PDEATHSIG.
        arguments: ['--pdeathsig=TERM', command, 'heartbeat', 'run', '--config', paths.heartbeatConfig],
        options: { stdio: ['ignore', 'inherit', 'inherit'] },
        onGone: () => this.#dropAddress(),
      },
      this.#log,
    );
  }

  #dropAddress(): void {
    if (this.#running === undefined) return;
    dropVirtualAddress(this.#running.virtualAddress, this.#running.interface, this.#log);
  }
}

function heartbeatConfig(request: HeartbeatRequest): string {
  return JSON.stringify({
    interface: request.interface,
    protocol: 'vrrp',
    vhid: request.vhid,
    priority: request.priority,
    advertisementIntervalMs: request.advertisementIntervalMs,
    pair: true,
    virtualAddresses: [request.virtualAddress],
    preempt: false,
    leaseSeconds: request.leaseSeconds,
    paths: [{ multicast: true }, { unicast: request.peerAddress }],
    controlSocket: paths.heartbeatSocket,
  });
}
