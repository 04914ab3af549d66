import type { Server } from 'node:net';
import { TandemError } from '../core/errors.ts';
import { formatAddress } from '../core/net/address.ts';
import { formatPrefix } from '../core/net/prefix.ts';
import type { Form } from '../core/reconfiguration/change.ts';
import { milliseconds } from '../core/time/duration.ts';
import { now } from '../linux/clock.ts';
import { runAheadOfOthers, type Scheduling } from '../linux/scheduling.ts';
import type { Config } from './config/schema.ts';
import {
  allAddresses,
  familyOf,
  kernelPlan,
  surroundingsOf,
  virtualAddresses,
  virtualRouter,
} from './config/virtual-router.ts';
import { type Controlled, ControlServer, type Outcome } from './control/server.ts';
import { Driver } from './driver.ts';
import { Hooks } from './hooks.ts';
import { lockInstance } from './instance-lock.ts';
import { KeptState } from './kept-state.ts';
import { KernelInterface } from './kernel-interface.ts';
import type { Logger } from './log.ts';
import { inspect, type Preflight, removeLeftInterface, removeLeftovers } from './preflight.ts';
import { changedConfig, Reconfiguration } from './reconfiguration.ts';
import { Recorder } from './recorder.ts';
import { present, type Status } from './status.ts';
import { chooseWire } from './wire/choose.ts';
import type { Wire } from './wire/wire.ts';

/** How often it is looked whether a change is complete. */
const CHANGE_LOOK_MS = 20;

/** A running heartbeat: put together here, taken apart in the reverse order. */
export class Heartbeat implements Controlled {
  readonly #log: Logger;
  readonly #preflight: Preflight;
  readonly #kernel: KernelInterface;
  readonly #driver: Driver;
  readonly #scheduling: Scheduling;
  readonly #hooks: Hooks;
  readonly #recorder: Recorder | undefined;
  readonly #kept: KeptState;
  #lock: Server;
  #config: Config;
  #wire: Wire;
  #control: ControlServer | undefined;
  #change: Reconfiguration | undefined;
  #changeTimer: NodeJS.Timeout | undefined;

  private constructor(parts: {
    config: Config;
    log: Logger;
    preflight: Preflight;
    lock: Server;
    onFatal: (error: unknown) => void;
    recordFile: string | undefined;
  }) {
    const { config, log, preflight, lock, onFatal, recordFile } = parts;
    this.#config = config;
    this.#log = log;
    this.#preflight = preflight;
    this.#lock = lock;
    this.#kernel = new KernelInterface(kernelPlan(config), preflight.source);
    this.#hooks = new Hooks(config, log);
    this.#kept = new KeptState(config.stateFile);
    const { maintenance } = this.#kept;
    this.#recorder = recordFile === undefined ? undefined : new Recorder(recordFile, log);
    this.#wire = chooseWire(config);
    this.#scheduling = runAheadOfOthers();
    this.#driver = new Driver({
      router: virtualRouter(config, preflight.source),
      wire: this.#wire,
      kernel: this.#kernel,
      log,
      surroundings: surroundingsOf(config),
      onTransition: (transition) => {
        this.#control?.publish(transition);
        this.#hooks.run(transition);
      },
      onFatal,
      onInput: (at, input) => this.#recorder?.write(this.#driver.state, at, input),
    });
    if (maintenance) this.#driver.setMaintenance(true);
  }

  /** Throws `TandemError` when it cannot start; nothing is left behind then. */
  static async start(
    config: Config,
    log: Logger,
    onFatal: (error: unknown) => void,
    recordFile?: string,
  ): Promise<Heartbeat> {
    const preflight = inspect(config.interface, allAddresses(config));
    const lock = await lockInstance(preflight.interfaceIndex, config);
    let heartbeat: Heartbeat | undefined;
    try {
      removeLeftInterface(preflight, config.vhid);
      heartbeat = new Heartbeat({ config, log, preflight, lock, onFatal, recordFile });
      await heartbeat.#begin();
      return heartbeat;
    } catch (error) {
      heartbeat?.abandon();
      lock.close();
      throw error;
    }
  }

  /** Leaves: the address first, then priority 0, then everything else. */
  async stop(): Promise<void> {
    clearInterval(this.#changeTimer);
    this.#driver.stop();
    this.#hooks.finish();
    try {
      this.#kernel.close();
    } finally {
      await this.#recorder?.close();
      await this.#control?.close();
      this.#lock.close();
      this.#change?.lock?.close();
    }
  }

  /** Takes another configuration without a gap. What would need a restart is refused as a whole, with a log line. */
  async reload(config: Config): Promise<void> {
    const fixed = changedFields(this.#config, config);
    if (fixed.length > 0) {
      this.#log.error(
        { event: 'reload-refused', fields: fixed },
        `The configuration was not taken: ${fixed.join(' and ')} can only change with a restart.`,
      );
      return;
    }
    if (this.#change !== undefined) {
      const inForce = this.#change.phase === 'committed' ? this.#change.after : this.#config;
      if (JSON.stringify(config) === JSON.stringify(inForce)) return;
      this.#log.error(
        { event: 'reload-refused' },
        'The configuration was not taken: a change of it is under way; commit it or roll it back first.',
      );
      return;
    }
    // The same checks as at the start; throws before anything was changed.
    const preflight = inspect(config.interface, allAddresses(config));
    if (config.vhid !== this.#config.vhid) {
      const lock = await lockInstance(preflight.interfaceIndex, config);
      this.#lock.close();
      this.#lock = lock;
    }
    this.#config = config;
    this.#apply(config, chooseWire(config, this.#wire));
    this.#log.info({ event: 'reloaded' }, 'The new configuration is in force.');
  }

  /** Speaks and hears both configurations from now on. Throws nothing; says in words what is wrong with the change. */
  async prepare(change: Readonly<Record<string, unknown>>, timeoutMs: number): Promise<Outcome> {
    if (this.#change !== undefined) return notNow('a change is under way already');
    const before = this.#config;
    let lock: Server | undefined;
    try {
      const after = changedConfig(before, change);
      const preflight = inspect(after.interface, allAddresses(after));
      if (after.vhid !== before.vhid) lock = await lockInstance(preflight.interfaceIndex, after);
      if (this.#change !== undefined || this.#config !== before) {
        lock?.close();
        return notNow('the configuration has changed meanwhile');
      }
      const wire = this.#wire;
      this.#change = new Reconfiguration({ before, after, wire, limitMs: timeoutMs, now });
    } catch (error) {
      if (!(error instanceof TandemError)) throw error;
      const { code, message } = error;
      const hint = code.startsWith('heartbeat.config') ? 'correct the change' : error.hint;
      return { ok: false, error: { code, message, hint } };
    }
    this.#change.lock = lock;
    this.#apply(this.#change.meanwhile, this.#change.wire, true);
    this.#changeTimer = setInterval(() => this.#settle(), CHANGE_LOOK_MS);
    this.#log.info({ event: 'prepared', changes: this.#change.status.changes }, this.#change.warning);
    return { ok: true };
  }

  commit(keepOldMs: number): Outcome {
    if (this.#change === undefined) return notNow('nothing is prepared');
    // Said once more, it is only about how long what was before is still spoken and heard.
    this.#change.commit(keepOldMs);
    this.#config = this.#change.after;
    this.#apply(this.#change.meanwhile, this.#change.wire, true);
    this.#log.info({ event: 'committed', changes: this.#change.status.changes }, this.#change.warning);
    if (keepOldMs === 0) this.#finish('new');
    return { ok: true };
  }

  rollback(): Outcome {
    if (this.#change === undefined) return notNow('nothing is prepared');
    this.#finish('old');
    return { ok: true };
  }

  #settle(): void {
    this.#driver.refresh();
    const form = this.#change?.settled(this.#driver.state.name === 'active');
    if (form !== undefined) this.#finish(form);
  }

  /** From here on there is one configuration again. */
  #finish(form: Form): void {
    const change = this.#change;
    if (change === undefined) return;
    clearInterval(this.#changeTimer);
    this.#change = undefined;
    this.#config = form === 'new' ? change.after : change.before;
    const [obsolete, inForce] = form === 'new' ? [this.#lock, change.lock] : [change.lock, this.#lock];
    if (change.lock !== undefined) {
      obsolete?.close();
      if (inForce !== undefined) this.#lock = inForce;
    }
    this.#apply(this.#config, form === 'new' ? change.wires.after : change.wires.before);
    this.#log.info(
      { event: form === 'new' ? 'changed' : 'rolled-back', changes: change.status.changes },
      form === 'new' ? 'The change is complete.' : 'The change was undone; what was before is in force.',
    );
  }

  #apply(config: Config, wire: Wire, changing = false): void {
    this.#hooks.reconfigure(config);
    this.#kernel.reconfigure(kernelPlan(config));
    this.#wire = wire;
    const router = { ...virtualRouter(config, this.#kernel.source), changing };
    this.#driver.reconfigure(router, wire, surroundingsOf(config));
  }

  report(report: Parameters<Controlled['report']>[0]): void {
    const { ttlMs, ...said } = report;
    this.#driver.report({ ...said, timeToLive: milliseconds(ttlMs) });
  }

  copyInSync(inSync: boolean): void {
    this.#driver.copyInSync(inSync);
  }

  claim(): Outcome {
    if (this.#driver.forceTakeover()) return { ok: true };
    const message = 'another node serves: it is heard';
    return { ok: false, error: { code: 'heartbeat.claim.served', message, hint: 'see who: tandem status' } };
  }

  /** Leaves first if this node serves; when nobody takes over, nothing has changed. */
  async maintenance(on: boolean): ReturnType<Controlled['maintenance']> {
    try {
      if (!on || this.#driver.state.name !== 'active') {
        this.#kept.maintenance = on;
        this.#driver.setMaintenance(on);
        return { ok: true };
      }
      const bound = Math.max(1000, 3 * this.#config.advertisementIntervalMs);
      const reply = await this.resign(bound);
      if (!reply.ok) return reply;
      this.#driver.setMaintenance(true);
      this.#kept.maintenance = true;
      return reply;
    } catch (error) {
      if (!(error instanceof TandemError)) throw error;
      return { ok: false, error: { code: error.code, message: error.message } };
    }
  }

  status(): Status {
    this.#driver.refresh();
    return present(
      this.#driver.state,
      { now: now(), wallClockMs: Date.now() },
      {
        interfaceName: this.#config.interface,
        protocol: this.#config.protocol,
        holds: (prefix) => this.#kernel.holds(prefix),
        transitions: this.#driver.history.transitions,
        scheduling: this.#scheduling,
        candidate: this.#driver.candidate,
        conflicts: this.#driver.conflicts,
        paths: this.#kernel.paths,
        pathPlans: kernelPlan(this.#config).paths,
        hooks: this.#hooks.status,
        clocks: this.#wire.clockDifferences,
        change: this.#change,
        pid: process.pid,
      },
    );
  }

  async resign(timeoutMs: number): ReturnType<Controlled['resign']> {
    const outcome = await this.#driver.resign(milliseconds(timeoutMs));
    switch (outcome?.kind) {
      case 'handed-over':
        return { ok: true, successor: formatAddress(outcome.successor) };
      case 'taken-back':
        return refusal(
          'nobody-claimed',
          `nobody claimed the address within ${timeoutMs} ms; it was taken back`,
        );
      case 'not-active':
        return refusal('not-active', 'this node is not active');
      case 'interrupted':
        return refusal(
          'interrupted',
          'the heartbeat was stopped or lost its link while it waited for a successor',
        );
      case undefined:
        return refusal('resigning', 'another planned leave is under way');
    }
  }

  /** Undoes a start that failed half-way. */
  abandon(): void {
    this.#kernel.close();
  }

  async #begin(): Promise<void> {
    if (this.#config.controlSocket !== undefined) {
      this.#control = await ControlServer.listen(this.#config.controlSocket, this);
    }
    try {
      removeLeftovers(this.#preflight);
    } catch (error) {
      await this.#control?.close();
      throw error;
    }
    this.#driver.start();
    const addresses = virtualAddresses(this.#config).map(formatPrefix);
    const leftovers = this.#preflight.leftovers.map(formatPrefix);
    const { interface: interfaceName, vhid } = this.#config;
    this.#log.info(
      {
        event: 'started',
        interface: interfaceName,
        vhid,
        addresses,
        source: formatAddress(this.#preflight.source),
        leftovers,
      },
      `Listening on ${interfaceName} for VHID ${vhid}.`,
    );
    for (const note of this.#scheduling.notes) this.#log.warn({ event: 'scheduling' }, note);
  }
}

function notNow(message: string): Outcome {
  return { ok: false, error: { code: 'heartbeat.change.not-now', message } };
}

function refusal(code: string, message: string): Awaited<ReturnType<Controlled['resign']>> {
  return { ok: false, error: { code: `heartbeat.resign.${code}`, message } };
}

/** What cannot change while it runs. */
function changedFields(before: Config, after: Config): readonly string[] {
  // The MAC of a virtual router has its number in it.
  const number = after.virtualMac ? (['vhid'] as const) : [];
  const fields = (
    ['interface', 'controlSocket', 'stateFile', 'protocol', 'virtualMac', ...number] as const
  ).filter((field) => before[field] !== after[field]);
  return familyOf(before) === familyOf(after) ? fields : [...fields, 'the family of virtualAddresses'];
}
