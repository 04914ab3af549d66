/**
 * Runs a scenario: a text of blocks, each one command, a line `----`, and all that the command made the core do.
 * Times are milliseconds since the start of the scenario. Commands:
 *
 *   router KEY=VALUE…          how the node is configured; before anything else
 *   AT startup | shutdown | tick | stats | peers
 *   AT link up|down            AT missing PREFIX
 *   AT advert KEY=VALUE…       from= to= (the group) priority= interval= (cs) vrid= addresses= checksum= ttl=
 *   AT packet from=… ttl=… HEX a packet as it is
 *   AT resign MS               AT claim-fails            AT reconfigure KEY=VALUE…
 *   AT election STANDING PRIORITY [REASON]      STANDING,out-of-sync: its copy may lack changes
 *   AT run                     let time pass: every deadline up to AT is met to the microsecond
 *   sending fails|works        what becomes of advertisements from now on
 *
 * As the driver does, every advertisement is answered by `advertised` or `advertise-failed`.
 */
import { fromHex } from '../../../src/core/bytes/hex.ts';
import type { Standing, Verdict } from '../../../src/core/election/verdict.ts';
import { type IpAddress, parseAddress } from '../../../src/core/net/address.ts';
import { type Prefix, parsePrefix } from '../../../src/core/net/prefix.ts';
import { centiseconds } from '../../../src/core/time/centiseconds.ts';
import { milliseconds, seconds } from '../../../src/core/time/duration.ts';
import { type Instant, instant } from '../../../src/core/time/instant.ts';
import { type ChecksumPolicy, encode, IPV4_GROUP } from '../../../src/core/vrrp/codec.ts';
import { VRRP3 } from '../../../src/core/vrrp/dialect.ts';
import type { Input } from '../../../src/core/vrrp/inputs.ts';
import { createInstance, step } from '../../../src/core/vrrp/instance.ts';
import type { VirtualRouter } from '../../../src/core/vrrp/router.ts';
import { deadline, type State } from '../../../src/core/vrrp/state.ts';
import { smallestLease } from '../../../src/core/vrrp/timers.ts';
import {
  printDeadline,
  printEffect,
  printInstant,
  printPeers,
  printStats,
} from '../../../src/core/vrrp/trace.ts';

/** The scenario again, with what really happened after each `----`. */
export function play(text: string): string {
  const scenario = new Scenario();
  const blocks = text.trimEnd().split(/\n\n+/);
  return `${blocks.map((block) => scenario.block(block)).join('\n\n')}\n`;
}

class Scenario {
  #state: State | undefined;
  #now: Instant = instant(0);
  #sendingWorks = true;
  #lines: string[] = [];

  block(block: string): string {
    const command = block.split('\n----')[0] ?? '';
    const lines = command.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    if (lines.length === 0) return command;
    this.#lines = [];
    for (const line of lines) this.#command(line);
    return [command, '----', ...this.#lines].join('\n');
  }

  #command(line: string): void {
    const [first = '', ...rest] = line.trim().split(/\s+/);
    if (first === 'router') {
      this.#state = createInstance(router(undefined, rest), this.#now, true);
      return;
    }
    if (first === 'sending') {
      this.#sendingWorks = rest[0] === 'works';
      return;
    }
    const [verb = '', ...words] = rest;
    const at = Number(first);
    if (Number.isNaN(at)) throw new Error(`not a command: ${line}`);
    if (at * 1000 < this.#now) throw new Error(`time goes backwards: ${line}`);
    if (verb === 'run') this.#run(at);
    this.#now = instant(at * 1000);
    if (verb === 'run') return;
    if (verb === 'stats') this.#lines.push(printStats(this.#current()));
    else if (verb === 'peers') this.#lines.push(printPeers(this.#current(), this.#now));
    else this.#give(input(this.#current(), verb, words));
    if (verb !== 'stats' && verb !== 'peers') this.#lines.push(printDeadline(this.#current()));
  }

  #run(untilMs: number): void {
    for (;;) {
      const due = deadline(this.#current());
      if (due === undefined || due.at > untilMs * 1000) break;
      this.#now = due.at;
      this.#lines.push(`${printInstant(due.at)} ${due.reason}`);
      this.#give({ type: 'tick' });
    }
    this.#lines.push(printDeadline(this.#current()));
  }

  #give(first: Input): void {
    const inputs = [first];
    for (let next = inputs.shift(); next !== undefined; next = inputs.shift()) {
      const { state, effects } = step(this.#current(), this.#now, next);
      this.#state = state;
      for (const effect of effects) {
        const fails = effect.type === 'advertise' && !this.#sendingWorks;
        this.#lines.push(`  ${printEffect(effect)}${fails ? ' (fails)' : ''}`);
        if (effect.type === 'advertise') inputs.push({ type: fails ? 'advertise-failed' : 'advertised' });
      }
    }
  }

  #current(): State {
    if (this.#state === undefined) throw new Error('a scenario starts with: router …');
    return this.#state;
  }
}

function input(state: State, verb: string, words: readonly string[]): Input {
  switch (verb) {
    case 'startup':
    case 'shutdown':
    case 'tick':
      return { type: verb };
    case 'link':
      return { type: 'link', up: words[0] === 'up' };
    case 'missing':
      return { type: 'address-missing', address: prefix(words[0] ?? '') };
    case 'claim-fails':
      return { type: 'claim-failed', detail: 'no such device' };
    case 'election':
      return { type: 'election', verdict: verdict(words) };
    case 'resign':
      return { type: 'resign', bound: milliseconds(Number(words[0])) };
    case 'reconfigure':
      return { type: 'reconfigure', router: router(state.router, words) };
    case 'advert':
      return { type: 'datagram', datagram: advert(state.router, words) };
    case 'packet':
      return { type: 'datagram', datagram: packet(words) };
    default:
      throw new Error(`unknown command: ${verb}`);
  }
}

function advert(
  own: VirtualRouter,
  words: readonly string[],
): Extract<Input, { type: 'datagram' }>['datagram'] {
  const given = options(words);
  const source = address(given['from'] ?? '');
  const advertisement = {
    vrid: Number(given['vrid'] ?? own.vrid),
    priority: Number(given['priority'] ?? 100),
    interval: centiseconds(Number(given['interval'] ?? own.interval)),
    addresses: given['addresses']?.split(',').map(address) ?? own.addresses.map((virtual) => virtual.address),
  };
  const checksum = (given['checksum'] ?? 'rfc9568') as ChecksumPolicy;
  const destination = given['to'] === undefined ? IPV4_GROUP : address(given['to']);
  const payload = encode(advertisement, { source, destination, checksum });
  return { source, destination, ttl: Number(given['ttl'] ?? 255), payload };
}

function packet(words: readonly string[]): Extract<Input, { type: 'datagram' }>['datagram'] {
  const given = options(words.filter((word) => word.includes('=')));
  const payload = fromHex(words.filter((word) => !word.includes('=')).join(''));
  if (payload === undefined) throw new Error(`not hexadecimal: ${words.join(' ')}`);
  return {
    source: address(given['from'] ?? ''),
    destination: IPV4_GROUP,
    ttl: Number(given['ttl'] ?? 255),
    payload,
  };
}

function router(before: VirtualRouter | undefined, words: readonly string[]): VirtualRouter {
  const given = options(words);
  const number = (key: string, fallback: number): number =>
    given[key] === undefined ? fallback : Number(given[key]);
  const interval = centiseconds(number('interval', before?.interval ?? 100));
  const lease =
    given['lease'] === undefined
      ? (before?.lease ?? smallestLease(interval))
      : seconds(Number(given['lease']));
  return {
    dialect: VRRP3,
    vrid: number('vrid', before?.vrid ?? 51),
    priority: number('priority', before?.priority ?? 100),
    interval,
    pair: (given['pair'] ?? String(before?.pair ?? false)) === 'true',
    preempt: (given['preempt'] ?? String(before?.preempt ?? false)) === 'true',
    preemptDelay: milliseconds(number('preemptDelay', (before?.preemptDelay ?? 0) / 1000)),
    startDelay: milliseconds(number('startDelay', (before?.startDelay ?? 0) / 1000)),
    addresses: given['addresses']?.split(',').map(prefix) ?? before?.addresses ?? [prefix('192.0.2.222/24')],
    lease,
    source: address(given['source'] ?? '192.0.2.1'),
  };
}

function verdict([standing, priority, ...reason]: readonly string[]): Verdict {
  const reasons = reason.length === 0 ? [] : [reason.join(' ')];
  const [word, behind] = standing?.split(',') ?? [];
  const judged = { standing: word as Standing, effectivePriority: Number(priority), reasons };
  return behind === 'out-of-sync' ? { ...judged, outOfSync: true } : judged;
}

function options(words: readonly string[]): Record<string, string | undefined> {
  return Object.fromEntries(words.map((word) => word.split('=', 2)));
}

function address(text: string): IpAddress {
  const parsed = parseAddress(text);
  if (parsed === undefined) throw new Error(`not an address: ${text}`);
  return parsed;
}

function prefix(text: string): Prefix {
  const parsed = parsePrefix(text);
  if (parsed === undefined) throw new Error(`not a prefix: ${text}`);
  return parsed;
}
