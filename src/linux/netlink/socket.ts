import { calls, EAGAIN, EINTR, ENOBUFS, errno, must } from '../libc.ts';
import { AF_NETLINK, netlinkSocketAddress } from '../socket-addresses.ts';
import { SystemCallError } from '../system-call-error.ts';
import { decodeMessages, encodeMessage, type Message, viewOf } from './message.ts';

const SOCK_RAW_NONBLOCK_CLOEXEC = 3 | 0o4000 | 0o2000000;
export const NETLINK_ROUTE = 0;
export const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
export const NLM_F_REQUEST = 1;
export const NLM_F_ACK = 4;
export const NLM_F_DUMP = 0x300;
export const NLM_F_REPLACE = 0x100;
export const NLM_F_CREATE = 0x400;
export const NLM_F_EXCL = 0x200;

/** What `receive` found: messages, nothing, or that the kernel had to throw some away. */
export type Batch = readonly Message[] | 'nothing' | 'overrun';

/** A netlink socket, for routing unless said otherwise: requests with their answer, or, with `groups`, a stream of what changes. */
export class NetlinkSocket {
  readonly fd: number;
  readonly #buffer = new Uint8Array(65_536);
  #sequence = 0;

  constructor(groups = 0, protocol: number = NETLINK_ROUTE) {
    const purpose = 'open a netlink socket';
    this.fd = must('socket', purpose, AF_NETLINK, SOCK_RAW_NONBLOCK_CLOEXEC, protocol);
    try {
      const address = netlinkSocketAddress(groups);
      must('bind', purpose, this.fd, address, address.length);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /**
   * Asks the kernel for one thing; the messages of its answer, none for a plain change. The kernel answers within the
   * call, so nothing is waited for. Throws `SystemCallError` with the errno of the answer; `purpose` completes
   * "cannot …".
   */
  request(type: number, flags: number, purpose: string, ...parts: readonly Uint8Array[]): readonly Message[] {
    this.#sequence += 1;
    const message = encodeMessage(type, flags | NLM_F_REQUEST | NLM_F_ACK, this.#sequence, ...parts);
    const kernel = netlinkSocketAddress(0);
    must('sendto', purpose, this.fd, message, message.length, 0, kernel, kernel.length);
    const answer: Message[] = [];
    for (;;) {
      const batch = this.receive();
      if (batch === 'overrun' || batch === 'nothing') throw new SystemCallError('recv', purpose, ENOBUFS);
      for (const part of batch) {
        if (part.type === NLMSG_DONE) return answer;
        if (part.type !== NLMSG_ERROR) {
          answer.push(part);
          continue;
        }
        const code = viewOf(part.body).getInt32(0, true);
        if (code === 0) return answer;
        throw new SystemCallError('netlink', purpose, -code);
      }
    }
  }

  receive(): Batch {
    for (;;) {
      const length = calls.recv(this.fd, this.#buffer, this.#buffer.length, 0);
      if (length >= 0) return [...decodeMessages(this.#buffer.slice(0, length))];
      const reason = errno();
      if (reason === EAGAIN) return 'nothing';
      if (reason === ENOBUFS) return 'overrun';
      if (reason !== EINTR) throw new SystemCallError('recv', 'read from a netlink socket', reason);
    }
  }

  close(): void {
    calls.close(this.fd);
  }
}
