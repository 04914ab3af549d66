import { calls, errno, must } from './libc.ts';
import { SystemCallError } from './system-call-error.ts';

const AF_UNIX = 1;
const SOCK_STREAM = 1;
const SOCK_CLOEXEC = 0o2000000;
/** What sockaddr_un has room for, without the closing zero. */
const longestPath = 107;

/** A connection to the unix socket at `path`, as a descriptor that blocks. Throws `SystemCallError`. */
export function connectUnix(path: string): number {
  const name = Buffer.from(path, 'utf8');
  if (name.length > longestPath) throw new RangeError(`${path} is too long for a unix socket`);
  const address = Buffer.alloc(2 + name.length + 1);
  address.writeUInt16LE(AF_UNIX);
  name.copy(address, 2);
  const fd = must('socket', 'make a unix socket', AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (calls.connect(fd, address, address.length) === 0) return fd;
  const reason = errno();
  calls.close(fd);
  throw new SystemCallError('connect', `reach ${path}`, reason);
}
