import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import type { HeartbeatRequest } from '../privileged/channel.ts';
import type { NodeConfig } from '../settings/node.ts';
import { paths } from '../settings/paths.ts';
import { Child } from './child.ts';
import { defaultGateway } from './default-gateway.ts';
import { heartbeatConfig } from './heartbeat-config.ts';
import { dropVirtualAddress } from './virtual-address.ts';

const command = fileURLToPath(new URL('../../bin/tandem', import.meta.url));
const lookAtRoutesEveryMs = 10_000;

/** Runs the heartbeat; when it is gone, for whatever reason, the virtual address goes before anything else happens. */
export class HeartbeatDuty {
  readonly #log: Logger;
  readonly #node: NodeConfig;
  #child: Child | undefined;
  #running: HeartbeatRequest | undefined;
  #config: string | undefined;
  #gateway: string | undefined;
  #routes: NodeJS.Timeout | undefined;

  constructor(node: NodeConfig, log: Logger) {
    this.#node = node;
    this.#log = log;
  }

  /** Starts it, or has it read a changed configuration without a gap (SIGHUP). */
  run(request: HeartbeatRequest): void {
    this.#running = request;
    this.#apply();
    this.#routes ??= setInterval(() => this.#apply(), lookAtRoutesEveryMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.#routes);
    this.#routes = undefined;
    const child = this.#child;
    await child?.stop();
    this.#child = undefined;
    this.#running = undefined;
    this.#config = undefined;
  }

  #apply(): void {
    if (this.#running === undefined) return;
    const config = heartbeatConfig(this.#running, this.#trackedGateway(this.#running));
    if (config === this.#config) return;
    writeFileSync(paths.heartbeatConfig, config, { mode: 0o600 });
    this.#config = config;
    if (this.#child === undefined) {
      this.#child = this.#create();
      this.#child.start();
    } else this.#child.signal('SIGHUP');
  }

  /** A route that is gone for a moment, as with its interface, is no reason to stop asking. */
  #trackedGateway({ interface: interfaceName, gateway: ofPair }: HeartbeatRequest): string | undefined {
    const gateway = ofPair ?? this.#node.gateway ?? 'auto';
    if (gateway === 'off') return undefined;
    if (gateway !== 'auto') return gateway;
    try {
      this.#gateway = defaultGateway(interfaceName) ?? this.#gateway;
    } catch (error) {
      this.#log.error({ err: error }, 'the default route cannot be read');
    }
    return this.#gateway;
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
    const { virtualAddress, address6, interface: card } = this.#running;
    dropVirtualAddress(virtualAddress, card, this.#log);
    if (address6 !== undefined) dropVirtualAddress(address6, card, this.#log);
  }
}
