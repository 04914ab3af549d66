import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { exitCodes, LabError } from './errors.ts';
import { collect } from './program.ts';
import { checkout } from './surroundings.ts';

const programs: Readonly<Record<string, string>> = {
  ip: 'iproute2',
  nft: 'nftables',
  nsenter: 'util-linux',
  unshare: 'util-linux',
  sshd: 'openssh-server',
  'ssh-keygen': 'openssh-client',
  ps: 'procps',
};

function isInstalled(program: string): boolean {
  const directories = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
  return directories.some((directory) => existsSync(`${directory}/${program}`));
}

/** Throws what keeps the lab from running here, before anything is made: rights, programs, the kernel. */
export async function preflight(stateDirectory: string): Promise<void> {
  if (process.getuid?.() !== 0) {
    throw new LabError(exitCodes.notRoot, 'The lab needs root to make namespaces', 'run it with sudo');
  }
  const missing = Object.keys(programs).filter((program) => !isInstalled(program));
  if (missing.length > 0) {
    const packages = [...new Set(missing.map((program) => programs[program]))].join(' ');
    throw new LabError(
      exitCodes.unavailable,
      `Missing programs: ${missing.join(', ')}`,
      `install them: apt-get install ${packages}`,
    );
  }
  const trial = `${stateDirectory}/preflight`;
  mkdirSync(trial, { recursive: true });
  const script = `${checkout}/lab/machine/preflight`;
  const namespaces = ['--mount', '--uts', '--ipc', '--net', '--pid', '--fork'];
  const { code, stdout, stderr } = await collect(spawn('unshare', [...namespaces, '--', script, trial]));
  const lacking = code === 0 ? stdout.trim() : `namespaces (${stderr.trim()})`;
  if (lacking !== '') {
    throw new LabError(
      exitCodes.unavailable,
      `This kernel lacks ${lacking.split('\n').join(', ')}`,
      'use a machine of its own or a virtual machine with a distribution kernel, not a container',
    );
  }
}
