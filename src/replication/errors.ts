import { TandemError } from '../core/errors.ts';
import type { Complaint } from '../core/replication/messages.ts';

export type LinkFault = 'silent' | 'closed' | 'garbled' | 'unreachable';

const hints: Readonly<Record<LinkFault, string>> = {
  silent: 'It connects again by itself. Check that the other node runs and the cable between them.',
  closed: 'It connects again by itself. `tandem status` on the other node says whether it runs.',
  garbled: 'It connects again by itself. If this repeats, bring both nodes to the same version.',
  unreachable: 'It connects again by itself. Check that the other node runs and that its sshd answers.',
};

/** The link is gone; nothing is wrong with the data. */
export function linkError(fault: LinkFault, message: string, cause?: unknown): TandemError {
  return new TandemError({
    code: `replication.link.${fault}`,
    culprit: 'peer',
    message,
    hint: hints[fault],
    cause,
  });
}

export const newerStandbyCode = 'replication.newer-standby';

/** The standby holds what was written while this node was off; it is not overwritten. */
export function newerStandby(peer: string): TandemError {
  return new TandemError({
    code: newerStandbyCode,
    culprit: 'peer',
    message: `${peer} holds a newer copy, written while this node was off; it is to take the role`,
    hint: 'Wait some seconds: it takes over as soon as it is ready to serve',
  });
}

/** What the other side told us, as an error here. */
export function complaintError(complaint: Complaint): TandemError {
  return new TandemError({ ...complaint, culprit: 'peer' });
}

/** What we tell the other side about an error here. */
export function toComplaint(error: unknown): Complaint {
  if (error instanceof TandemError) return { code: error.code, message: error.message, hint: error.hint };
  return {
    code: 'replication.failed',
    message: error instanceof Error ? error.message : String(error),
    hint: 'It is tried again by itself; the log of the other node says more.',
  };
}

export function toTandemError(error: unknown): TandemError {
  if (error instanceof TandemError) return error;
  return linkError('closed', error instanceof Error ? error.message : String(error), error);
}
