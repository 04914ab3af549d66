import { formatAddress } from '../core/net/address.ts';
import { formatPrefix } from '../core/net/prefix.ts';
import { seconds, toMilliseconds } from '../core/time/duration.ts';
import { between, type Instant } from '../core/time/instant.ts';
import type { Report } from '../core/vrrp/effects.ts';
import type { Logger } from './log.ts';
import { forceHint } from './sentence.ts';

/** RFC 9568 §7.1 asks for rate limits on what the network can cause. */
const FOLDED_FOR = seconds(10);
const MOST_KINDS = 256;

/** Writes what the protocol reports; the same kind at most once in ten seconds, with the number left out. */
export class ReportLog {
  readonly #log: Logger;
  readonly #kinds = new Map<string, { writtenAt: Instant; folded: number }>();

  constructor(log: Logger) {
    this.#log = log;
  }

  write(now: Instant, report: Report): void {
    const key = report.kind === 'dropped' ? `dropped ${report.reason}` : report.kind;
    this.#folded(now, key, 'warn', () => sentence(report));
  }

  /** Something that was noticed beside the protocol; `key` says what is the same. */
  warn(now: Instant, key: string, text: string): void {
    this.#folded(now, key, 'warn', () => text);
  }

  /** A system call that failed and is not the end of the world. */
  writeFailure(now: Instant, error: Error): void {
    this.#folded(now, error.message, 'error', () => error.message);
  }

  #folded(now: Instant, key: string, level: 'warn' | 'error', text: () => string): void {
    const known = this.#kinds.get(key);
    if (known !== undefined && between(known.writtenAt, now) < FOLDED_FOR) {
      known.folded += 1;
      return;
    }
    // Who can put packets on the LAN can invent keys.
    if (this.#kinds.size >= MOST_KINDS) this.#kinds.clear();
    this.#kinds.set(key, { writtenAt: now, folded: 0 });
    const repeated = known === undefined || known.folded === 0 ? {} : { folded: known.folded };
    this.#log[level]({ event: key, ...repeated }, text());
  }
}

function sentence(report: Report): string {
  switch (report.kind) {
    case 'dropped':
      return `A packet of ${formatAddress(report.source)} was dropped: ${dropTexts[report.reason]}.`;
    case 'interval-mismatch':
      return `${formatAddress(report.source)} announces an interval of ${toMilliseconds(report.theirs)} ms, which is not ours.`;
    case 'address-mismatch':
      return `${formatAddress(report.source)} announces other addresses (${report.theirs.map(formatAddress).join(', ')}).`;
    case 'two-owners':
      return `${formatAddress(report.source)} also has priority 255; only one node may own the address.`;
    case 'equal-priority':
      return `${formatAddress(report.source)} has the same priority; give each node its own.`;
    case 'conflict':
      return `${formatAddress(report.source)} is active too, with priority ${report.priority}; it was told to step back.`;
    case 'not-scheduled':
      return `This process did not run for ${Math.round(toMilliseconds(report.late))} ms; it listens again before it acts.`;
    case 'withheld':
      return `Nobody serves, and this node does not take over by itself: ${report.reasons.join('; ')}. ${forceHint}`;
    case 'address-put-back':
      return `${formatPrefix(report.address)} was removed by somebody else and has been put back.`;
  }
}

const dropTexts: Readonly<Record<Extract<Report, { kind: 'dropped' }>['reason'], string>> = {
  ttl: 'its TTL is not 255, so it did not come from this LAN',
  truncated: 'it is shorter than it says',
  version: 'it is another protocol or version',
  type: 'it is not an advertisement of this protocol',
  checksum: 'its checksum is wrong',
  'address-count': 'it names no address',
  interval: 'its interval is zero, or not ours in VRRP version 2',
  'link-local': 'its first address is not link-local',
  'authentication-type': 'it asks for a kind of authentication that VRRP withdrew',
  'authentication-missing': 'it is not signed',
  'authentication-malformed': 'its signature is not one',
  'unknown-key': 'it is signed with a key that is not configured here',
  'wrong-key': 'it is signed with another key, password or virtual address than ours',
  stale: 'it was signed too long ago, or the clocks of the two nodes differ',
  replayed: 'it is a copy of an earlier one',
  vrid: 'it belongs to another virtual router',
  path: 'it was sent to this node alone, and no unicast path to its sender is configured',
  'own-source': 'it carries our own source address; is the address used twice?',
};
