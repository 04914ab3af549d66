/**
 * A change of what both nodes must agree on (VHID, interval, keys, addresses), taken in two phases. While it is under way a
 * node speaks and hears two forms of advertisements, the old and the new one, so that no order of steps and no death in
 * the middle leaves one node that the other does not hear. The node that serves decides how it ends; the other follows
 * what it speaks.
 */
import type { Duration } from '../time/duration.ts';
import { after, between, type Instant } from '../time/instant.ts';

export type Form = 'old' | 'new';

/**
 * `prepared`: both forms are spoken, both sets of addresses held; undone at the time limit. `committed`: the new one counts
 * and the old form is still spoken and heard, for a node that has not got so far, until the time limit.
 */
export interface Change {
  readonly phase: 'prepared' | 'committed';
  readonly since: Instant;
  readonly until: Instant;
  readonly heardOld: Instant | undefined;
  readonly heardNew: Instant | undefined;
}

export function prepared(now: Instant, limit: Duration): Change {
  return {
    phase: 'prepared',
    since: now,
    until: after(now, limit),
    heardOld: undefined,
    heardNew: undefined,
  };
}

export function committed(change: Change, now: Instant, keepOld: Duration): Change {
  return { ...change, phase: 'committed', until: after(now, keepOld) };
}

/** An advertisement of another node in one of the forms. */
export function heardForm(change: Change, now: Instant, form: Form): Change {
  return form === 'old' ? { ...change, heardOld: now } : { ...change, heardNew: now };
}

/**
 * In which form alone the node goes on, or undefined while both are needed. `down` is the longer of the two down
 * intervals: a form that stayed away for so long while the other one was heard is not spoken any more.
 */
export function settled(
  { phase, since, until, heardOld, heardNew }: Change,
  now: Instant,
  node: { readonly active: boolean; readonly down: Duration },
): Form | undefined {
  const outcome = phase === 'prepared' ? 'old' : 'new';
  if (node.active) return now >= until ? outcome : undefined;
  const isAlone = (heard: Instant | undefined, other: Instant | undefined): boolean =>
    heard !== undefined && between(other ?? since, heard) >= node.down;
  if (isAlone(heardNew, heardOld)) return 'new';
  // It spoke both before and went back; had it never spoken the new form, it would be still to come.
  if (heardNew !== undefined && isAlone(heardOld, heardNew)) return 'old';
  // As long as the node that serves speaks both it has not settled, whatever our own limit says.
  const last = Math.max(heardOld ?? since, heardNew ?? since) as Instant;
  if (heardNew !== undefined && between(last, now) < node.down) return undefined;
  return now >= until ? outcome : undefined;
}
