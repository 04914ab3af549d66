import { spawn } from 'node:child_process';
import { exitCodes, LabError } from './errors.ts';
import { firstLine } from './output.ts';
import { identify, type ProcessIdentity } from './processes.ts';
import { collect, run } from './program.ts';
import { checkout, marker } from './surroundings.ts';
import { type Cable, type HostPlan, prefixLength } from './topology.ts';

/** Starts the process that holds the bridges' network namespace. */
export async function startSwitch(stateDirectory: string): Promise<ProcessIdentity> {
  const child = spawn('unshare', ['--net', '--', `${checkout}/lab/machine/switch`], {
    detached: true,
    env: { ...process.env, ...marker(stateDirectory) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await firstLine(child, 'ready', 'the bridges');
  const identity = child.pid === undefined ? undefined : identify(child.pid);
  if (!identity) throw new LabError(exitCodes.internal, 'The bridges ended at once', 'try again: lab/lab up');
  child.unref();
  return identity;
}

/** Runs a batch of `ip` commands in the network namespace of a process. */
async function ipBatch(pid: number, lines: readonly string[]): Promise<void> {
  const inside = ['--target', String(pid), '--net', '--', 'ip', '-batch', '-'];
  await run('nsenter', inside, { input: `${lines.join('\n')}\n` });
}

interface Fault {
  readonly cut: boolean;
  readonly split: boolean;
}

function plugLines(pid: number, cable: Cable, kind: HostPlan['kind'], fault: Fault): readonly string[] {
  const { port, network, mac } = cable;
  const isolated =
    kind === 'node' && fault.split ? [`link set dev ${port} type bridge_slave isolated on`] : [];
  const cut = fault.cut && cable.interface === 'eth0';
  return [
    `link add name ${port} type veth peer name ${cable.interface} address ${mac} netns ${pid}`,
    `link set dev ${port} master ${network}`,
    ...isolated,
    ...(cut ? [] : [`link set dev ${port} up`]),
  ];
}

/** Gives a host that was just switched on its network cards, plugged into the bridges and configured. */
export async function plugIn(switchPid: number, plan: HostPlan, pid: number, fault: Fault): Promise<void> {
  await ipBatch(
    switchPid,
    plan.cables.flatMap((cable) => plugLines(pid, cable, plan.kind, fault)),
  );
  await ipBatch(pid, [
    'link set dev lo up',
    ...plan.cables.flatMap(({ address, interface: card }) => [
      `address add ${address}/${prefixLength} broadcast + dev ${card}`,
      `link set dev ${card} up`,
    ]),
    ...(plan.defaultGateway === undefined ? [] : [`route add default via ${plan.defaultGateway}`]),
  ]);
}

/**
 * Takes the cards out of a host that died; what is still on its way through them is gone. The kernel removes
 * them with the host's namespace as well, some time later: whoever comes first.
 */
export async function unplug(switchPid: number, plan: HostPlan): Promise<void> {
  for (const { port } of plan.cables) {
    const inside = ['--target', String(switchPid), '--net', '--', 'ip', 'link', 'delete', 'dev', port];
    const { code, stderr } = await collect(spawn('nsenter', inside));
    if (code === 0 || /Cannot find device|No such device/.test(stderr)) continue;
    throw new LabError(exitCodes.internal, `Removing ${port} failed: ${stderr.trim()}`, 'lab/lab down');
  }
}

/** Switch ports on or off: the host sees its carrier come or go. */
export async function setPorts(switchPid: number, cables: readonly Cable[], on: boolean): Promise<void> {
  await ipBatch(
    switchPid,
    cables.map(({ port }) => `link set dev ${port} ${on ? 'up' : 'down'}`),
  );
}

/** Isolated ports of a bridge reach every other port, but not each other, with any kind of frame. */
export async function setIsolated(switchPid: number, cables: readonly Cable[], on: boolean): Promise<void> {
  await ipBatch(
    switchPid,
    cables.map(({ port }) => `link set dev ${port} type bridge_slave isolated ${on ? 'on' : 'off'}`),
  );
}
