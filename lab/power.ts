import { boot } from './machine.ts';
import { plugIn, setPorts, unplug } from './network.ts';
import { isAlive, type ProcessIdentity, signal, waitUntilGone } from './processes.ts';
import type { HostState } from './state.ts';
import type { HostPlan } from './topology.ts';

/** Whether the host's process 1 runs. */
export function isOn(host: HostState): boolean {
  return host.process !== undefined && isAlive(host.process);
}

/** Switches a host on; resolves with its process 1 when the enabled services are started. */
export async function switchOn(
  stateDirectory: string,
  plan: HostPlan,
  switchPid: number,
  fault: { readonly cut: boolean; readonly split: boolean },
  started: (process: ProcessIdentity) => void,
): Promise<void> {
  const booting = await boot(stateDirectory, plan);
  started(booting.process);
  await plugIn(switchPid, plan, booting.process.pid, fault);
  await booting.finish();
}

/**
 * Power loss. The switch ports go first, so that nothing a dying process still says gets out (sockets that
 * the kernel closes would send FIN or RST); then process 1 is killed and the kernel kills the rest with it.
 */
export async function switchOff(plan: HostPlan, switchPid: number, process: ProcessIdentity): Promise<void> {
  await setPorts(switchPid, plan.cables, false);
  signal(process.pid, 'SIGKILL');
  await waitUntilGone([process]);
  await unplug(switchPid, plan);
}
