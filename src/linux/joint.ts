import { calls, EAGAIN, EINTR, errno, must } from './libc.ts';
import { SystemCallError } from './system-call-error.ts';

const F_GETFL = 3;
const F_SETFL = 4;
const O_NONBLOCK = 0o4000;
const POLLIN = 1;
const POLLOUT = 4;
const SHUT_WR = 1;
/** A pipe takes no more at once. */
const portionBytes = 65_536;

/**
 * Joins a pair of descriptors with a socket until the socket's other side ends, with one thread, one poll(2) and one copy: what
 * arrives on `input` goes to the socket, what comes from there to `output`. Takes the thread for as long as it lasts, so it is for a
 * process that does nothing else. The socket is told `preface` first, and the end of `input` as an end; a side that is gone ends it.
 */
export function joinWithSocket(join: {
  readonly input: number;
  readonly output: number;
  readonly socket: number;
  readonly preface: Uint8Array;
}): void {
  const { input, output, socket, preface } = join;
  const inwards = new Direction(input, socket, preface);
  const outwards = new Direction(socket, output);
  while (!outwards.over) {
    if (inwards.takeEnd()) calls.shutdown(socket, SHUT_WR);
    waitFor([inwards.wish, outwards.wish]);
    inwards.move();
    outwards.move();
  }
}

/** Bytes one way, at most one portion in hand. */
class Direction {
  readonly #from: number;
  readonly #to: number;
  readonly #buffer = new Uint8Array(portionBytes);
  #start = 0;
  #end = 0;
  #ended = false;
  #endTaken = false;

  /** @param first said before anything else, at most one portion */
  constructor(from: number, to: number, first: Uint8Array = new Uint8Array(0)) {
    this.#from = from;
    this.#to = to;
    this.#buffer.set(first);
    this.#end = first.length;
    for (const fd of [from, to])
      must('fcntl', 'make a descriptor non-blocking', fd, F_SETFL, calls.fcntl(fd, F_GETFL, 0) | O_NONBLOCK);
  }

  get over(): boolean {
    return this.#ended && this.#start === this.#end;
  }

  /** True once, when nothing more comes. */
  takeEnd(): boolean {
    if (!this.over || this.#endTaken) return false;
    this.#endTaken = true;
    return true;
  }

  /** What has to happen before it can go on; -1 is nothing, as in poll(2). */
  get wish(): { readonly fd: number; readonly events: number } {
    if (this.over) return { fd: -1, events: 0 };
    return this.#start < this.#end ? { fd: this.#to, events: POLLOUT } : { fd: this.#from, events: POLLIN };
  }

  /** As far as it goes without waiting. */
  move(): void {
    while (!this.over) {
      if (this.#start === this.#end && !this.#read()) return;
      if (this.#start < this.#end && !this.#write()) return;
    }
  }

  #read(): boolean {
    const count = calls.read(this.#from, this.#buffer, this.#buffer.length);
    if (count < 0 && mayGoOn()) return false;
    this.#start = 0;
    this.#end = Math.max(0, count);
    this.#ended = count <= 0;
    return true;
  }

  #write(): boolean {
    const rest = this.#buffer.subarray(this.#start, this.#end);
    const count = calls.write(this.#to, rest, rest.length);
    if (count < 0 && mayGoOn()) return false;
    if (count < 0) {
      // Whoever should take it is gone.
      this.#ended = true;
      this.#start = this.#end;
    } else this.#start += count;
    return true;
  }
}

function mayGoOn(): boolean {
  const reason = errno();
  return reason === EAGAIN || reason === EINTR;
}

/** pollfd: int fd, short events, short revents. */
function waitFor(wishes: readonly { readonly fd: number; readonly events: number }[]): void {
  const watched = new DataView(new ArrayBuffer(8 * wishes.length));
  for (const [index, { fd, events }] of wishes.entries()) {
    watched.setInt32(8 * index, fd, true);
    watched.setInt16(8 * index + 4, events, true);
  }
  if (calls.poll(new Uint8Array(watched.buffer), wishes.length, -1) >= 0) return;
  if (errno() !== EINTR) throw new SystemCallError('poll', 'wait for a descriptor', errno());
}
