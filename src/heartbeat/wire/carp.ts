import { createHmac } from 'node:crypto';
import { BOW_OUT, encodeCarp, verifiedCounter } from '../../core/carp/codec.ts';
import { acceptCounter, type Counters, NO_COUNTERS, nextCounter } from '../../core/carp/counter.ts';
import { carpPriority } from '../../core/carp/order.ts';
import type { CarpParameters } from '../../core/carp/timers.ts';
import type { IpAddress } from '../../core/net/address.ts';
import type { Datagram } from '../../core/net/ipv4-packet.ts';
import type { Advertisement } from '../../core/vrrp/codec.ts';
import { LEAVING_PRIORITY } from '../../core/vrrp/router.ts';
import type { Wire } from './wire.ts';

/** A node that had better not serve announces this skew or a longer one, as UCARP does after errors. */
const DEMOTED_SKEW = 240;

interface Options {
  readonly vhid: number;
  readonly virtual: IpAddress;
  readonly parameters: CarpParameters;
  readonly password: string;
  readonly refuseReplays: boolean;
}

/** CARP packets: their digest proves that the sender knows password, VHID and virtual address. */
export class CarpWire implements Wire {
  readonly #options: Options;
  #counters: Counters;

  /** `before`: the wire of the last configuration, so that a reload does not let old packets in again. */
  constructor(options: Options, before: CarpWire | undefined) {
    this.#options = options;
    this.#counters = before === undefined ? NO_COUNTERS : before.#counters;
  }

  readonly clockDifferences: Wire['clockDifferences'] = [];

  encoders({ priority }: Advertisement): readonly (() => Uint8Array)[] {
    const { vhid, virtual } = this.#options;
    const encode = (): Uint8Array => {
      // A number of its own for each path: a receiver compares them by the sender alone.
      const { counter, counters } = nextCounter(this.#counters, BigInt(Date.now()) * 1000n);
      this.#counters = counters;
      return encodeCarp({ vhid, ...this.#values(priority), counter }, virtual, this.#digest);
    };
    return [encode];
  }

  open(datagram: Datagram): ReturnType<Wire['open']> {
    const { vhid, virtual, refuseReplays } = this.#options;
    if (datagram.payload[1] !== vhid) return { datagram };
    const counter = verifiedCounter(datagram.payload, virtual, this.#digest);
    if (counter === undefined) return { datagram, forgery: 'wrong-key' };
    const counters = acceptCounter(this.#counters, datagram.source, counter, refuseReplays);
    if (counters === undefined) return { datagram, forgery: 'replayed' };
    this.#counters = counters;
    return { datagram };
  }

  #values(priority: number): { readonly advbase: number; readonly advskew: number } {
    if (priority === LEAVING_PRIORITY) return BOW_OUT;
    const { advbase, advskew } = this.#options.parameters;
    if (priority >= carpPriority({ advbase, advskew })) return { advbase, advskew };
    return { advbase, advskew: Math.max(DEMOTED_SKEW, advskew) };
  }

  readonly #digest = (message: Uint8Array): Uint8Array =>
    createHmac('sha1', this.#options.password).update(message).digest();
}
