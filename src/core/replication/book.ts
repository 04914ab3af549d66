import { comparePositions, covers, formatPosition, type Position } from './position.ts';

/** A whole copy on its way. */
export interface Copying {
  readonly sentBytes: number;
  readonly totalBytes: number;
}

/** What the active knows of its standby's copy. Times are monotonic milliseconds. */
export interface Book {
  readonly peer: string;
  readonly phase: 'disconnected' | 'greeting' | 'snapshot' | 'tail';
  /** The newest position on this node. */
  readonly head: Position;
  /** What the standby last said is applied and synced; undefined until it was ever heard. */
  readonly acknowledged: Position | undefined;
  readonly protectedSince: number | undefined;
  /** One entry on its way and when it began to wait; the next one is chosen when this one is acknowledged. */
  readonly awaited: { readonly sequence: number; readonly since: number } | undefined;
  /** Why the link is not up. */
  readonly trouble: string | undefined;
  /** How much of a whole copy went out; undefined unless one is under way and its size is known. */
  readonly copying: Copying | undefined;
  /** A writer was answered without the standby having its change. */
  readonly gaveUp: boolean;
}

export function openBook(peer: string, head: Position): Book {
  return {
    peer,
    phase: 'disconnected',
    head,
    acknowledged: undefined,
    protectedSince: undefined,
    awaited: undefined,
    trouble: undefined,
    copying: undefined,
    gaveUp: false,
  };
}

export function reached(book: Book, peer: string): Book {
  return { ...book, peer, phase: 'greeting', trouble: undefined };
}

export function seeding(book: Book, copying: Copying | undefined): Book {
  return { ...book, phase: 'snapshot', copying };
}

export function following(book: Book): Book {
  return { ...book, phase: 'tail', copying: undefined };
}

export function lost(book: Book, trouble: string): Book {
  return {
    ...book,
    phase: 'disconnected',
    copying: undefined,
    protectedSince: undefined,
    awaited: undefined,
    trouble,
  };
}

export function committed(book: Book, head: Position, now: number): Book {
  return { ...book, head, awaited: book.awaited ?? { sequence: head.sequence, since: now } };
}

/**
 * The standby has everything up to `position` on its disk. An acknowledgement beyond our own head, or behind the
 * last one, says nothing new.
 */
export function acknowledged(book: Book, position: Position, now: number): Book {
  if (!covers(book.head, position)) return book;
  const known = book.acknowledged;
  const newest = known !== undefined && comparePositions(known, position) > 0 ? known : position;
  if (book.phase !== 'tail' || !covers(newest, book.head)) {
    const arrived = book.awaited === undefined || newest.sequence >= book.awaited.sequence;
    const awaited = arrived ? { sequence: book.head.sequence, since: now } : book.awaited;
    return { ...book, acknowledged: newest, awaited };
  }
  return {
    ...book,
    acknowledged: newest,
    awaited: undefined,
    gaveUp: false,
    protectedSince: book.protectedSince ?? now,
  };
}

/** A new connection showed where the standby really is, which may be behind what an earlier copy had acknowledged. */
export function standsAt(book: Book, position: Position | undefined): Book {
  return { ...book, acknowledged: position };
}

/** A writer was answered before the standby had its change: from here on the pair is not protected. */
export function gaveUpWaiting(book: Book): Book {
  return { ...book, protectedSince: undefined, gaveUp: true };
}

/** Also without a waiting writer: a standby that leaves an entry waiting for `limitMs` does not protect. */
export function checkProgress(book: Book, now: number, limitMs: number): Book {
  if (book.awaited === undefined || now - book.awaited.since < limitMs) return book;
  return book.protectedSince === undefined ? book : gaveUpWaiting(book);
}

/** The standby has acknowledged everything that was acknowledged here. */
export function isProtected(book: Book): boolean {
  return book.protectedSince !== undefined;
}

/** Entries that are on this node only, as far as it is known. */
export function lagEntries(book: Book): number {
  return Math.max(0, book.head.sequence - (book.acknowledged?.sequence ?? 0));
}

/** The same sentence for log, command, API and page. */
export function describe(book: Book): string {
  const lag = lagEntries(book);
  const changes = lag === 1 ? '1 change is' : `${lag} changes are`;
  switch (book.phase) {
    case 'disconnected': {
      const why = book.trouble === undefined ? '' : ` (${book.trouble})`;
      if (book.acknowledged === undefined) return `${book.peer} has not been reached yet${why}.`;
      const missing =
        lag === 0 ? `it has everything up to ${formatPosition(book.head)}` : `${changes} on this node only`;
      return `${book.peer} is not connected${why}; ${missing}.`;
    }
    case 'greeting':
      return `${book.peer} was reached and is being compared.`;
    case 'snapshot':
      return `${book.peer} receives a whole copy (${copyInWords(book.copying)}).`;
    case 'tail':
      if (isProtected(book)) return `Protected: ${book.peer} has every acknowledged change.`;
      if (book.gaveUp) return `${book.peer} answers too slowly; ${changes} on this node only.`;
      return `${book.peer} is catching up; ${changes} on this node only.`;
  }
}

function copyInWords(copying: Copying | undefined): string {
  if (copying === undefined) return 'it is being made';
  const { sentBytes, totalBytes } = copying;
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
  if (sentBytes === totalBytes) return `all ${megabytes(totalBytes)} MB went out and are being checked there`;
  return `${megabytes(sentBytes)} of ${megabytes(totalBytes)} MB`;
}
