import { formatAddress } from '../../../src/core/net/address.ts';
import { formatPrefix } from '../../../src/core/net/prefix.ts';
import { toMilliseconds, toSeconds } from '../../../src/core/time/duration.ts';
import type { Instant } from '../../../src/core/time/instant.ts';
import { decode } from '../../../src/core/vrrp/codec.ts';
import type { Input } from '../../../src/core/vrrp/inputs.ts';
import type { VirtualRouter } from '../../../src/core/vrrp/router.ts';

/** Everything that was given to one core, as the commands of a scenario (see ../vrrp/scenario.ts). */
export class Recording {
  readonly #blocks: string[];

  constructor(router: VirtualRouter) {
    this.#blocks = [`router ${options(router)}`];
  }

  add(now: Instant, input: Input): void {
    const command = commandOf(input);
    if (command !== undefined) this.#blocks.push(`${now / 1000} ${command}`);
  }

  /** To be put into tests/scenarios/vrrp and completed with UPDATE=1. */
  text(): string {
    const [router = '', first = '', ...rest] = this.#blocks;
    return [`${router}\n${first}`, ...rest].map((block) => `${block}\n----`).join('\n\n');
  }
}

function commandOf(input: Input): string | undefined {
  switch (input.type) {
    case 'startup':
    case 'shutdown':
    case 'tick':
      return input.type;
    case 'link':
      return `link ${input.up ? 'up' : 'down'}`;
    case 'address-missing':
      return `missing ${formatPrefix(input.address)}`;
    case 'resign':
      return `resign ${toMilliseconds(input.bound)}`;
    case 'reconfigure':
      return `reconfigure ${options(input.router)}`;
    case 'datagram': {
      const decoded = decode(input.datagram);
      if (!decoded.ok) throw new Error(`the simulation sent a bad packet: ${decoded.reason}`);
      const { priority, interval } = decoded.advertisement;
      return `advert from=${formatAddress(input.datagram.source)} priority=${priority} interval=${interval}`;
    }
    default:
      return undefined; // Answers to effects: the scenario gives them itself.
  }
}

function options(router: VirtualRouter): string {
  const { priority, interval, pair, preempt, preemptDelay, startDelay, lease } = router;
  return [
    `priority=${priority} interval=${interval} pair=${pair} preempt=${preempt} lease=${toSeconds(lease)}`,
    `source=${formatAddress(router.source)}`,
    ...(preemptDelay > 0 ? [`preemptDelay=${toMilliseconds(preemptDelay)}`] : []),
    ...(startDelay > 0 ? [`startDelay=${toMilliseconds(startDelay)}`] : []),
  ].join(' ');
}
