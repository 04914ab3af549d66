import { type IpAddress, sameAddress } from '../../core/net/address.ts';
import type { Datagram } from '../../core/net/ipv4-packet.ts';
import type { Form } from '../../core/reconfiguration/change.ts';
import type { Centiseconds } from '../../core/time/centiseconds.ts';
import { type Advertisement, decode, encode } from '../../core/vrrp/codec.ts';
import { decodeV2, encodeV2 } from '../../core/vrrp/codec-v2.ts';
import type { ClockDifference, Opened, Way, Wire } from './wire.ts';

/** What an advertisement of one form says beside its priority, and the wire that carries it. */
export interface SpokenForm {
  readonly wire: Wire;
  readonly vrid: number;
  readonly interval: Centiseconds;
  readonly addresses: readonly IpAddress[];
  /** The id of the key that signs it. */
  readonly keyId: number | undefined;
}

/**
 * Speaks and hears two forms of the same virtual router while its configuration changes. The protocol knows one: what
 * arrives in either is given to it in the form that it has at the moment.
 */
export class ChangingWire implements Wire {
  readonly #old: SpokenForm;
  readonly #new: SpokenForm;
  readonly #version: 2 | 3;
  readonly #onHeard: (form: Form) => void;
  #canonical: SpokenForm;

  constructor(parts: {
    before: SpokenForm;
    after: SpokenForm;
    version: 2 | 3;
    onHeard: (form: Form) => void;
  }) {
    this.#old = parts.before;
    this.#new = parts.after;
    this.#version = parts.version;
    this.#onHeard = parts.onHeard;
    this.#canonical = parts.before;
  }

  /** From now on the protocol has the new form. */
  commit(): void {
    this.#canonical = this.#new;
  }

  /** Both forms, the new one last: its interval is what a standby goes by. */
  encoders({ priority }: Advertisement): readonly ((path: Way) => Uint8Array)[] {
    return [this.#old, this.#new].flatMap(({ wire, vrid, interval, addresses }) =>
      wire.encoders({ vrid, priority, interval, addresses }),
    );
  }

  get clockDifferences(): readonly ClockDifference[] {
    const { clockDifferences } = this.#new.wire;
    return clockDifferences.length > 0 ? clockDifferences : this.#old.wire.clockDifferences;
  }

  open(datagram: Datagram): Opened {
    const forms = [this.#new, this.#old].filter(({ vrid }) => vrid === datagram.payload[1]);
    let refused: Opened | undefined;
    for (const form of forms) {
      const opened = form.wire.open(datagram);
      if (opened.forgery === undefined) return this.#translated(opened, form);
      refused ??= opened;
    }
    return refused ?? { datagram };
  }

  #translated(opened: Opened, openedBy: SpokenForm): Opened {
    const { datagram } = opened;
    // Version 2 refuses another interval than the own one: either of the two is right here.
    const decoded =
      this.#version === 3 ? decode(datagram) : decodeV2(datagram, (datagram.payload[5] ?? 0) * 100);
    if (!decoded.ok) return opened;
    const { advertisement } = decoded;
    if (datagram.path !== null && opened.copy !== true)
      this.#onHeard(this.#formOf(advertisement, opened, openedBy));
    const { vrid, addresses, interval } = this.#canonical;
    const payload =
      this.#version === 3
        ? encode({ ...advertisement, vrid, addresses }, { ...datagram, checksum: 'rfc9568' })
        : encodeV2({ ...advertisement, vrid, addresses, interval });
    return { ...opened, datagram: { ...datagram, payload } };
  }

  #formOf(advertisement: Advertisement, { keyId }: Opened, openedBy: SpokenForm): Form {
    const isOld = says(advertisement, this.#old);
    const isNew = says(advertisement, this.#new);
    if (isOld !== isNew) return isNew ? 'new' : 'old';
    // They differ by what signs them alone.
    if (keyId !== undefined && this.#old.keyId !== this.#new.keyId)
      return keyId === this.#new.keyId ? 'new' : 'old';
    return openedBy === this.#new ? 'new' : 'old';
  }
}

function says(advertisement: Advertisement, form: SpokenForm): boolean {
  return (
    advertisement.vrid === form.vrid &&
    advertisement.interval === form.interval &&
    advertisement.addresses.length === form.addresses.length &&
    advertisement.addresses.every((address) => form.addresses.some((own) => sameAddress(own, address)))
  );
}
