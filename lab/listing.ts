import { isOn } from './power.ts';
import type { LabState } from './state.ts';
import type { Cable, HostKind, HostPlan } from './topology.ts';

interface HostListing {
  readonly name: string;
  readonly kind: HostKind;
  readonly power: 'on' | 'off';
  readonly frozen: boolean;
  /** Whether eth0's cable is cut. */
  readonly cut: boolean;
  /** Process 1 as this machine sees it; null while the power is off. */
  readonly pid: number | null;
  /** Paths for `nsenter`; null while the power is off. */
  readonly namespaces: Readonly<Record<'mount' | 'net' | 'pid' | 'uts' | 'ipc', string>> | null;
  readonly interfaces: readonly Cable[];
}

export interface LabListing {
  readonly stateDirectory: string;
  /** Of root, over SSH, in the nodes. */
  readonly password: string;
  readonly split: boolean;
  /** The process that holds the bridges `lan`, `wan` and `cross`, and its network namespace. */
  readonly switch: { readonly pid: number; readonly net: string } | null;
  readonly hosts: readonly HostListing[];
}

/** What the lab consists of now, as `ls --json` prints it. */
export function listing(stateDirectory: string, state: LabState, plans: readonly HostPlan[]): LabListing {
  return {
    stateDirectory,
    password: state.password,
    split: state.split,
    switch: state.switch ? { pid: state.switch.pid, net: `/proc/${state.switch.pid}/ns/net` } : null,
    hosts: plans.map(({ name, kind, cables }) => {
      const host = state.hosts[name];
      const pid = host?.process && isOn(host) ? host.process.pid : null;
      return {
        name,
        kind,
        power: pid === null ? 'off' : 'on',
        frozen: host?.frozen ?? false,
        cut: host?.cut ?? false,
        pid,
        namespaces: pid === null ? null : namespacesOf(pid),
        interfaces: cables,
      };
    }),
  };
}

function namespacesOf(pid: number): NonNullable<HostListing['namespaces']> {
  const at = (kind: string): string => `/proc/${pid}/ns/${kind}`;
  return { mount: at('mnt'), net: at('net'), pid: at('pid'), uts: at('uts'), ipc: at('ipc') };
}
