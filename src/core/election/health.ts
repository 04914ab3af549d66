/**
 * How the service of a node is, from what was observed each second. A restart or another setting is over in a few
 * seconds and is no reason to move; a service that stays away is.
 */

/** What the last observations came to; counted in observations, so that a process that did not run observed nothing. */
export interface Health {
  /** Questions to OpenVPN in a row that stayed without an answer. */
  readonly unanswered: number;
  readonly answeredInARow: number;
  /** Attempts to write to the disk in a row that failed. */
  readonly unwritable: number;
  readonly diskError: string;
  readonly broken: boolean;
}

export const UNKNOWN_HEALTH: Health = {
  unanswered: 0,
  answeredInARow: 0,
  unwritable: 0,
  diskError: '',
  broken: false,
};

/** A stop may take five seconds until it is forced, a start a second or two. */
const MOST_UNANSWERED = 8;
const MOST_UNWRITABLE = 8;
/** A service that answers now and then is not back yet. */
const ANSWERS_TO_BE_BACK = 3;

export interface Observation {
  /** OpenVPN answered on its management socket since the last observation. */
  readonly answered: boolean;
  /** Why nothing could be written; undefined when it could, or when it was not tried. */
  readonly diskError: string | undefined;
}

export function observed(health: Health, { answered, diskError }: Observation): Health {
  const unanswered = answered ? 0 : health.unanswered + 1;
  const answeredInARow = answered ? health.answeredInARow + 1 : 0;
  const unwritable = diskError === undefined ? 0 : health.unwritable + 1;
  const away = unanswered >= MOST_UNANSWERED || unwritable >= MOST_UNWRITABLE;
  const back = answeredInARow >= ANSWERS_TO_BE_BACK && unwritable === 0;
  return {
    unanswered,
    answeredInARow,
    unwritable,
    diskError: diskError ?? health.diskError,
    broken: away || (health.broken && !back),
  };
}

/** Undefined while nothing is known yet: neither that it works nor that it does not. */
export function wordOn(health: Health): { readonly healthy: boolean; readonly reason: string } | undefined {
  if (!health.broken) return health.answeredInARow === 0 ? undefined : { healthy: true, reason: '' };
  if (health.unwritable >= MOST_UNWRITABLE) {
    return { healthy: false, reason: `the disk cannot be written (${health.diskError})` };
  }
  const reason =
    health.unanswered > 0
      ? `OpenVPN has not answered for ${health.unanswered} s`
      : 'OpenVPN has only just answered again';
  return { healthy: false, reason };
}

/** True once in a while as long as OpenVPN is silent: then a process that hangs is to be ended and started anew. */
export function shouldRestart({ unanswered }: Health): boolean {
  return unanswered > MOST_UNANSWERED && (unanswered - MOST_UNANSWERED) % 15 === 4;
}
