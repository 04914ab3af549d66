/** The few functions of the C library that Node does not offer, and how their failure becomes an error. */
import koffi from 'koffi';
import { SystemCallError } from './system-call-error.ts';

const libc = koffi.load(null);

type Call = (...values: readonly unknown[]) => number;
type CallName =
  | 'socket'
  | 'bind'
  | 'connect'
  | 'close'
  | 'setsockopt'
  | 'recv'
  | 'sendto'
  | 'clock_gettime'
  | 'timerfd_create'
  | 'timerfd_settime'
  | 'read'
  | 'write'
  | 'poll'
  | 'shutdown'
  | 'fcntl'
  | 'sched_setscheduler'
  | 'mlock2';

function bind(definition: string): Call {
  const call = libc.func(definition);
  return (...values) => Number(call(...values));
}

/** Raw calls: -1 on failure with the reason in `errno()`. Prefer `must` where failure is not expected. */
export const calls: Readonly<Record<CallName, Call>> = {
  socket: bind('int socket(int domain, int type, int protocol)'),
  bind: bind('int bind(int fd, const uint8_t *address, uint32_t length)'),
  connect: bind('int connect(int fd, const uint8_t *address, uint32_t length)'),
  close: bind('int close(int fd)'),
  setsockopt: bind('int setsockopt(int fd, int level, int name, const uint8_t *value, uint32_t length)'),
  recv: bind('int64_t recv(int fd, _Out_ uint8_t *buffer, size_t length, int flags)'),
  sendto: bind(
    'int64_t sendto(int fd, const uint8_t *buffer, size_t length, int flags, const uint8_t *address, uint32_t addressLength)',
  ),
  clock_gettime: bind('int clock_gettime(int clock, _Out_ uint8_t *time)'),
  timerfd_create: bind('int timerfd_create(int clock, int flags)'),
  timerfd_settime: bind('int timerfd_settime(int fd, int flags, const uint8_t *next, void *previous)'),
  read: bind('int64_t read(int fd, _Out_ uint8_t *buffer, size_t length)'),
  write: bind('int64_t write(int fd, const uint8_t *buffer, size_t length)'),
  poll: bind('int poll(_Inout_ uint8_t *watched, unsigned long count, int timeout)'),
  shutdown: bind('int shutdown(int fd, int how)'),
  fcntl: bind('int fcntl(int fd, int command, int value)'),
  sched_setscheduler: bind('int sched_setscheduler(int thread, int policy, const uint8_t *parameters)'),
  mlock2: bind('int mlock2(uintptr_t address, size_t length, unsigned int flags)'),
};

const send = libc.func('int64_t send(int fd, const uint8_t *buffer, size_t length, int flags)');

/**
 * send(2) of the first `length` bytes in a helper thread; `done` is called in this one, later, and told whether all were
 * taken. `memory` belongs to the thread until then, and must be a buffer of its own: small arrays move when garbage is
 * collected.
 */
export function sendInBackground(
  fd: number,
  memory: Uint8Array<ArrayBuffer>,
  length: number,
  done: (sent: boolean) => void,
): void {
  send.async(fd, memory, length, 0, (error: unknown, result: number | bigint) => {
    done(error === null && Number(result) === length);
  });
}

export const EAGAIN: number = koffi.os.errno['EAGAIN'] ?? 11;
export const EINTR: number = koffi.os.errno['EINTR'] ?? 4;
export const ENOBUFS: number = koffi.os.errno['ENOBUFS'] ?? 105;
export const EMSGSIZE: number = koffi.os.errno['EMSGSIZE'] ?? 90;
export const ENODEV: number = koffi.os.errno['ENODEV'] ?? 19;
export const ECONNREFUSED: number = koffi.os.errno['ECONNREFUSED'] ?? 111;
export const EHOSTUNREACH: number = koffi.os.errno['EHOSTUNREACH'] ?? 113;
export const ENETUNREACH: number = koffi.os.errno['ENETUNREACH'] ?? 101;
export const ENOPROTOOPT: number = koffi.os.errno['ENOPROTOOPT'] ?? 92;
export const EPROTO: number = koffi.os.errno['EPROTO'] ?? 71;
export const EADDRNOTAVAIL: number = koffi.os.errno['EADDRNOTAVAIL'] ?? 99;

/** The reason of the last failed call on this thread; read it before any other call. */
export function errno(): number {
  return koffi.errno();
}

/** The result of `name`, or a `SystemCallError` that says what was being done (`purpose`) when it is -1. */
export function must(name: CallName, purpose: string, ...values: readonly unknown[]): number {
  const result = calls[name](...values);
  if (result < 0) throw new SystemCallError(name, purpose, errno());
  return result;
}

/** Sets an option whose value is an int. */
export function setIntOption(fd: number, level: number, name: number, value: number, purpose: string): void {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value, true);
  must('setsockopt', purpose, fd, level, name, bytes, bytes.length);
}
