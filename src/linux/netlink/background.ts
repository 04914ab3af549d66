import { calls, EAGAIN, EINTR, EMSGSIZE, ENOBUFS, errno, must, sendInBackground } from '../libc.ts';
import { AF_NETLINK } from '../socket-addresses.ts';
import { SystemCallError } from '../system-call-error.ts';
import { decodeMessages, encodeMessage, viewOf } from './message.ts';
import { NETLINK_ROUTE, NLM_F_ACK, NLM_F_REQUEST, NLMSG_ERROR } from './socket.ts';

const SOCK_RAW_CLOEXEC = 3 | 0o2000000;
const MSG_DONTWAIT = 0x40;
const SOL_SOCKET = 1;
const SO_RCVTIMEO = 20;
/** Nothing holds the lock as long as this; should an answer be lost, nobody waits for it for ever. */
const longestWaitSeconds = 2n;

/** One change of the kernel's routing tables; `parts` is its body and attributes. */
export interface RoutingChange {
  readonly type: number;
  readonly flags: number;
  readonly parts: readonly Uint8Array[];
}

/**
 * A netlink socket for changes that nobody waits for. The kernel carries a change out within send(2), under a lock
 * that every network namespace of the machine shares, so it can take a tenth of a second and more where interfaces come
 * and go; here a helper thread waits for that.
 */
export class BackgroundChanges {
  readonly #fd: number;
  readonly #buffer = new Uint8Array(65_536);
  readonly #message = new Uint8Array(new ArrayBuffer(16_384));
  #sequence = 0;
  /** How many answers are still to come. */
  #unanswered = 0;
  #failure: SystemCallError | undefined;
  #purpose = '';

  constructor() {
    const purpose = 'open a netlink socket';
    this.#fd = must('socket', purpose, AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_ROUTE);
    const limit = new Uint8Array(16);
    viewOf(limit).setBigInt64(0, longestWaitSeconds, true);
    must('setsockopt', purpose, this.#fd, SOL_SOCKET, SO_RCVTIMEO, limit, limit.length);
  }

  /**
   * Has the kernel make the changes, one after the other. `done` is called once, later, with the first failure; not when
   * `finish` was called before. False, and nothing is done, while earlier changes are not finished. `purpose` completes
   * "cannot …".
   */
  begin(
    changes: readonly RoutingChange[],
    purpose: string,
    done: (failure: SystemCallError | undefined) => void,
  ): boolean {
    if (this.#unanswered > 0) return false;
    const messages = changes.map(({ type, flags, parts }) => {
      this.#sequence += 1;
      return encodeMessage(type, flags | NLM_F_REQUEST | NLM_F_ACK, this.#sequence, ...parts);
    });
    let length = 0;
    for (const message of messages) {
      if (length + message.length > this.#message.length)
        throw new SystemCallError('send', purpose, EMSGSIZE);
      this.#message.set(message, length);
      length += message.length;
    }
    const last = this.#sequence;
    this.#unanswered = messages.length;
    this.#failure = undefined;
    this.#purpose = purpose;
    // A netlink socket that is not connected sends to the kernel.
    sendInBackground(this.#fd, this.#message, length, (sent) => {
      // Finished meanwhile, and perhaps something else was begun.
      if (this.#unanswered === 0 || this.#sequence !== last) return;
      if (sent) this.#readAnswers(MSG_DONTWAIT);
      else this.#failure = new SystemCallError('send', purpose, ENOBUFS);
      this.#unanswered = 0;
      done(this.#failure);
    });
    return true;
  }

  /** Waits until the kernel has made what was begun, so that what is asked of it afterwards comes after. */
  finish(): void {
    if (this.#unanswered > 0) this.#readAnswers(0);
    this.#unanswered = 0;
  }

  close(): void {
    this.finish();
    calls.close(this.#fd);
  }

  #readAnswers(flags: number): void {
    while (this.#unanswered > 0) {
      const length = calls.recv(this.#fd, this.#buffer, this.#buffer.length, flags);
      if (length < 0) {
        const reason = errno();
        if (reason === EINTR) continue;
        if (reason !== EAGAIN) this.#failure ??= new SystemCallError('recv', this.#purpose, reason);
        return;
      }
      for (const { type, body } of decodeMessages(this.#buffer.slice(0, length))) {
        if (type !== NLMSG_ERROR) continue;
        this.#unanswered -= 1;
        const code = viewOf(body).getInt32(0, true);
        if (code !== 0) this.#failure ??= new SystemCallError('netlink', this.#purpose, -code);
      }
    }
  }
}
