import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { accessSync, constants, existsSync, readFileSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import type { ProbeAnswer, ProbeRequest } from './contract.ts';

const bindAhead = '/proc/sys/net/ipv4/ip_nonlocal_bind';
/** The module since Linux 6.16, and the one that was built apart before. */
const channelModules = ['/sys/module/ovpn', '/sys/module/ovpn_dco_v2'];
const dmi = '/sys/class/dmi/id/';
/** Microsoft's mark of an Azure machine, which otherwise looks like Hyper-V. */
const azureTag = '7783-7084-3265-9085-8269-3286-77';

/** What counts for a node beside its LAN. */
export async function machineFacts(
  ports: ProbeRequest['ports'],
  address: string,
): Promise<
  Pick<
    ProbeAnswer,
    'openvpn' | 'freeBytes' | 'freeFiles' | 'bindsAhead' | 'kernelChannel' | 'platform' | 'portsTaken'
  >
> {
  const space = statfsSync('/var/lib');
  const taken: string[] = [];
  for (const { protocol, port } of ports) {
    if (!(await (protocol === 'udp' ? isFreeUdp(address, port) : isFreeTcp(address, port))))
      taken.push(`${protocol} ${port}`);
  }
  return {
    openvpn: await openvpnVersion(),
    freeBytes: space.bavail * space.bsize,
    // Btrfs and others make inodes as they need them, and say 0 of 0.
    freeFiles: space.files === 0 ? null : space.ffree,
    bindsAhead: isWritable(bindAhead) || fact(bindAhead) === '1',
    kernelChannel: channelModules.some((module) => existsSync(module)),
    platform: platform(),
    portsTaken: taken,
  };
}

function isFreeUdp(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => resolve(false));
    socket.bind(port, address, () => socket.close(() => resolve(true)));
  });
}

function isFreeTcp(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, address, () => server.close(() => resolve(true)));
  });
}

/** 2.6 says its version and ends with code 1. */
export function openvpnVersion(): Promise<string | null> {
  return new Promise((resolve) => {
    execFile('openvpn', ['--version'], { timeout: 5_000 }, (_error, stdout) => {
      resolve(/^OpenVPN (\S+)/.exec(stdout)?.[1] ?? null);
    });
  });
}

/** `aws`, `azure`, `gcp`, `hyper-v`, `vmware`, or `other`. */
function platform(): string {
  const [vendor, product, tag] = ['sys_vendor', 'product_name', 'chassis_asset_tag'].map((name) =>
    fact(`${dmi}${name}`),
  );
  if (vendor === 'Amazon EC2') return 'aws';
  if (tag === azureTag) return 'azure';
  if (vendor === 'Google') return 'gcp';
  if (vendor === 'Microsoft Corporation' && product === 'Virtual Machine') return 'hyper-v';
  return vendor?.startsWith('VMware') === true ? 'vmware' : 'other';
}

/** False also where /proc/sys is mounted for reading alone, as in many containers. */
function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function fact(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
