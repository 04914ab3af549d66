import type { IpAddress } from '../core/net/address.ts';
import { formatAddress } from '../core/net/address.ts';
import { formatMac, type NeighbourClaim } from '../core/net/neighbour.ts';
import {
  announced,
  type Conflict,
  createGuard,
  type Guard,
  guardDeadline,
  heardClaim,
  released,
  watch,
} from '../core/ownership/guard.ts';
import type { Instant } from '../core/time/instant.ts';
import type { KernelInterface } from './kernel-interface.ts';
import type { ReportLog } from './report-log.ts';

/** Keeps the neighbours informed of the addresses that are held, and notices who else claims them. */
export class AddressGuard {
  readonly #kernel: KernelInterface;
  readonly #reports: ReportLog;
  #guard: Guard;

  constructor(kernel: KernelInterface, reports: ReportLog, now: Instant) {
    this.#kernel = kernel;
    this.#reports = reports;
    this.#guard = createGuard(now);
  }

  get conflicts(): readonly Conflict[] {
    return this.#guard.conflicts;
  }

  get deadline(): Instant | undefined {
    return guardDeadline(this.#guard);
  }

  announced(now: Instant, addresses: readonly IpAddress[]): void {
    this.#guard = announced(this.#guard, now, addresses);
  }

  released(addresses: readonly IpAddress[]): void {
    this.#guard = released(this.#guard, addresses);
  }

  /** Throws what the kernel refused; it is tried again at the next time. */
  turn(now: Instant): void {
    const { guard, announce, ask } = watch(this.#guard, now);
    this.#guard = guard;
    for (const address of announce) this.#kernel.announce(address);
    for (const address of ask) this.#kernel.ask(address, false);
  }

  /** Throws what the kernel refused. */
  heard(now: Instant, claim: NeighbourClaim): void {
    const { mac } = this.#kernel;
    if (mac === undefined) return;
    const { guard, conflict, defend } = heardClaim(this.#guard, now, claim, mac);
    this.#guard = guard;
    if (conflict === undefined) return;
    const who = formatMac(conflict.mac);
    this.#reports.warn(now, `duplicate-address ${who}`, duplicateText(conflict.address, who));
    if (defend) this.#kernel.announce(claim.address);
  }
}

function duplicateText(address: IpAddress, mac: string): string {
  return `${mac} also answers for ${formatAddress(address)}, which is held here; it was announced again. Find that machine and take the address from it.`;
}
