import { getSystemErrorMap } from 'node:util';
import { TandemError } from '../core/errors.ts';

/** A call to the kernel that failed: which, what for, and why. */
export class SystemCallError extends TandemError {
  readonly errno: number;
  /** `EPERM`, `ENODEV`, … */
  readonly errorName: string;

  constructor(call: string, purpose: string, errno: number) {
    const [name, text] = getSystemErrorMap().get(-errno) ?? [`error ${errno}`, 'unknown error'];
    super({
      code: `linux.${name.toLowerCase().replace(' ', '-')}`,
      culprit: 'operator',
      message: `cannot ${purpose}: ${text} (${call}: ${name})`,
      hint: hints[name] ?? 'see the message of the kernel: dmesg | tail',
    });
    this.errno = errno;
    this.errorName = name;
  }
}

const hints: Readonly<Record<string, string>> = {
  EPERM: 'run as root, or with the capabilities NET_RAW and NET_ADMIN',
  EACCES: 'run as root, or with the capabilities NET_RAW and NET_ADMIN',
  ENODEV: 'see which interfaces exist: ip link',
  ENETDOWN: 'bring the interface up: ip link set dev IFACE up',
};
