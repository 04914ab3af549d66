import type { Server } from 'node:net';
import { TandemError } from '../core/errors.ts';
import {
  type Change,
  committed,
  type Form,
  heardForm,
  prepared,
  settled,
} from '../core/reconfiguration/change.ts';
import { toDuration } from '../core/time/centiseconds.ts';
import { type Duration, milliseconds, times, toMilliseconds } from '../core/time/duration.ts';
import { between, type Instant } from '../core/time/instant.ts';
import { parseConfig } from './config/load.ts';
import { type Config, intervalOf } from './config/schema.ts';
import { familyOf, virtualAddresses } from './config/virtual-router.ts';
import { ChangingWire, type SpokenForm } from './wire/changing.ts';
import { chooseWire } from './wire/choose.ts';
import type { Wire } from './wire/wire.ts';

/** What two nodes can change together; the rest belongs to one node and is taken from its file. */
const CHANGEABLE = [
  'vhid',
  'advertisementIntervalMs',
  'leaseSeconds',
  'virtualAddresses',
  'authentication',
] as const;

/** As the status shows it. */
export interface ReconfigurationStatus {
  readonly phase: 'prepared' | 'committed';
  readonly changes: readonly string[];
  readonly remainingMs: number;
  readonly heardOldMs: number | null;
  readonly heardNewMs: number | null;
}

/** A change of the configuration that is under way: which two there are, and what the node speaks meanwhile. */
export class Reconfiguration {
  readonly before: Config;
  readonly after: Config;
  readonly wires: { readonly before: Wire; readonly after: Wire };
  readonly wire: ChangingWire;
  /** Of the new VHID, where it is another one. */
  lock: Server | undefined;
  readonly #now: () => Instant;
  #change: Change;

  constructor(parts: { before: Config; after: Config; wire: Wire; limitMs: number; now: () => Instant }) {
    const { before, after, now } = parts;
    this.before = before;
    this.after = after;
    this.#now = now;
    this.#change = prepared(now(), milliseconds(parts.limitMs));
    this.wires = { before: parts.wire, after: chooseWire(after, parts.wire) };
    this.wire = new ChangingWire({
      before: spoken(before, this.wires.before),
      after: spoken(after, this.wires.after),
      version: before.protocol === 'vrrp2' ? 2 : 3,
      onHeard: (form) => {
        this.#change = heardForm(this.#change, now(), form);
      },
    });
  }

  /** What the node runs with meanwhile: the shorter interval, and until the commit the addresses of both. */
  get meanwhile(): Config {
    const { before, after } = this;
    const advertisementIntervalMs = Math.min(before.advertisementIntervalMs, after.advertisementIntervalMs);
    if (this.#change.phase === 'committed') return { ...after, advertisementIntervalMs };
    const added = after.virtualAddresses.filter((address) => !before.virtualAddresses.includes(address));
    return {
      ...before,
      advertisementIntervalMs,
      virtualAddresses: [...before.virtualAddresses, ...added],
    };
  }

  get phase(): Change['phase'] {
    return this.#change.phase;
  }

  commit(keepOldMs: number): void {
    this.#change = committed(this.#change, this.#now(), milliseconds(keepOldMs));
    this.wire.commit();
  }

  /** The form in which alone the node goes on from now, or undefined while both are needed. */
  settled(active: boolean): Form | undefined {
    const longest = Math.max(intervalOf(this.before), intervalOf(this.after)) as ReturnType<
      typeof intervalOf
    >;
    return settled(this.#change, this.#now(), { active, down: times(toDuration(longest), 3) });
  }

  get status(): ReconfigurationStatus {
    const { phase, until, heardOld, heardNew } = this.#change;
    const now = this.#now();
    const ago = (at: Instant | undefined): number | null =>
      at === undefined ? null : Math.round(toMilliseconds(between(at, now)));
    return {
      phase,
      changes: changedFields(this.before, this.after),
      remainingMs: Math.max(0, Math.round(toMilliseconds((until - now) as Duration))),
      heardOldMs: ago(heardOld),
      heardNewMs: ago(heardNew),
    };
  }

  get warning(): string {
    const { phase, changes, remainingMs } = this.status;
    const what = `A change of ${changes.join(', ')}`;
    return phase === 'prepared'
      ? `${what} is prepared; without a commit it is undone in ${Math.ceil(remainingMs / 1000)} s.`
      : `${what} is committed; what was before is still spoken and heard for ${Math.ceil(remainingMs / 1000)} s.`;
  }
}

/**
 * The configuration after a change, checked as a file is; `null` takes a field away.
 * @throws TandemError `heartbeat.prepare.not-changeable`, `heartbeat.prepare.nothing`, `heartbeat.config.*`
 */
export function changedConfig(before: Config, change: Readonly<Record<string, unknown>>): Config {
  const foreign = Object.keys(change).filter(
    (field) =>
      !CHANGEABLE.some((known) => known === field) ||
      // The MAC of a virtual router has its number in it.
      (field === 'vhid' && before.virtualMac && change[field] !== before.vhid),
  );
  if (foreign.length > 0 || before.protocol === 'carp') {
    throw new TandemError({
      code: 'heartbeat.prepare.not-changeable',
      culprit: 'caller',
      message:
        before.protocol === 'carp'
          ? 'CARP cannot speak two forms at a time'
          : `${foreign.join(', ')} cannot be changed in two phases`,
      hint: `what can: ${CHANGEABLE.join(', ')}, with protocol vrrp or vrrp2; for the rest write the file and send SIGHUP`,
    });
  }
  const merged = Object.entries({ ...before, ...change }).filter(([, value]) => value != null);
  const after = parseConfig(JSON.stringify(Object.fromEntries(merged)), 'the change');
  if (familyOf(after) !== familyOf(before)) {
    throw new TandemError({
      code: 'heartbeat.prepare.not-changeable',
      culprit: 'caller',
      message: 'the family of the addresses cannot change while the heartbeat runs',
      hint: 'run another heartbeat for the other family',
    });
  }
  if (changedFields(before, after).length === 0) {
    throw new TandemError({
      code: 'heartbeat.prepare.nothing',
      culprit: 'caller',
      message: 'the change changes nothing',
      hint: 'see the configuration that is in force: tandem heartbeat status',
    });
  }
  return after;
}

function changedFields(before: Config, after: Config): readonly string[] {
  return CHANGEABLE.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
}

function spoken(config: Config, wire: Wire): SpokenForm {
  return {
    wire,
    vrid: config.vhid,
    interval: intervalOf(config),
    addresses: virtualAddresses(config).map(({ address }) => address),
    keyId: config.authentication?.activeKey,
  };
}
