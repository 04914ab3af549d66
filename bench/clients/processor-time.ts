import type { Lab } from '../../lab/lab.ts';

/**
 * Processor time of all processes of a host, in milliseconds by the name of the program. From schedstat, whose unit is a
 * nanosecond: the ticks of /proc/PID/stat are as long as a handshake.
 */
export async function processorTimes(lab: Lab, host: string): Promise<ReadonlyMap<string, number>> {
  const line =
    'for one in /proc/[0-9]*; do for task in $one/task/*; do read -r spent _ < $task/schedstat && read -r name < $one/comm && echo "$name $spent"; done; done 2>/dev/null; true';
  const { stdout } = await lab.exec(host, ['bash', '-c', line], { timeoutMs: 20_000 });
  const times = new Map<string, number>();
  for (const one of stdout.split('\n')) {
    const [, name, spent] = /^(.+) (\d+)$/.exec(one) ?? [];
    if (name !== undefined) times.set(name, (times.get(name) ?? 0) + Number(spent) / 1e6);
  }
  return times;
}

/** What each program used between two looks, the most first: `openvpn 210 ms, node 45 ms`. */
export function spent(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): string {
  return [...after]
    .map(([name, ms]) => [name, ms - (before.get(name) ?? 0)] as const)
    .filter(([, ms]) => ms >= 1)
    .toSorted((a, b) => b[1] - a[1])
    .map(([name, ms]) => `${name} ${Math.round(ms)} ms`)
    .join(', ');
}
