import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Host } from '../network.ts';

const run = promisify(execFile);

function switchOf(host: Host): string {
  return `${host.namespace.slice(0, -host.name.length)}switch`;
}

/** Takes the host's port off the switch: its link stays up, but nobody is reached any more. */
export async function isolate(host: Host): Promise<void> {
  await run('ip', ['-n', switchOf(host), 'link', 'set', host.port, 'nomaster']);
}

export async function connect(host: Host): Promise<void> {
  await run('ip', ['-n', switchOf(host), 'link', 'set', host.port, 'master', 'bridge0']);
}

/** A second cable, straight between two hosts, as `eth1` on both. */
export async function cross(a: Host, addressA: string, b: Host, addressB: string): Promise<void> {
  const ends = ['peer', 'name', 'eth1', 'netns', b.namespace];
  await run('ip', ['-n', a.namespace, 'link', 'add', 'eth1', 'type', 'veth', ...ends]);
  for (const [host, address] of [
    [a, addressA],
    [b, addressB],
  ] as const) {
    await host.run('ip', 'address', 'add', address, 'dev', 'eth1');
    await host.run('ip', 'link', 'set', 'eth1', 'up');
  }
}

/** Makes `eth0` of the host anew, as when a hypervisor takes a card out and puts one in; without an address. */
export async function plugNewCard(host: Host): Promise<void> {
  await run('ip', ['-n', host.namespace, 'link', 'delete', 'eth0']);
  const ends = ['peer', 'name', host.port, 'netns', switchOf(host)];
  await run('ip', ['-n', host.namespace, 'link', 'add', 'eth0', 'type', 'veth', ...ends]);
  await run('ip', ['-n', switchOf(host), 'link', 'set', host.port, 'master', 'bridge0', 'up']);
  await host.run('ip', 'link', 'set', 'eth0', 'up');
}
