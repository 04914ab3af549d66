import { isDeepStrictEqual } from 'node:util';
import type { TakeoverPolicy } from '../../core/election/sync.ts';
import { canonicalPrefix } from '../../core/net/shared-address.ts';
import { centiseconds } from '../../core/time/centiseconds.ts';
import { toSeconds } from '../../core/time/duration.ts';
import { fixedByProtocol, protocolObjection } from '../../core/vrrp/pair-protocol.ts';
import { detectionMs, timingPresets } from '../../core/vrrp/presets.ts';
import { smallestLease } from '../../core/vrrp/timers.ts';
import { bareAddress } from '../../settings/network.ts';
import type { PairNode, PairSettings, SecondPath } from '../../settings/pair.ts';
import { invalidChange } from './change-errors.ts';

/** What an administrator may decide about a pair when it is made, and change later; what is left out stays as it is. */
export interface PairTuning {
  readonly preset?: 'fast' | 'standard' | 'tolerant' | undefined;
  readonly advertisementIntervalMs?: number | undefined;
  readonly leaseSeconds?: number | undefined;
  readonly multicast?: boolean | undefined;
  readonly unicast?: boolean | undefined;
  /** Null: as each node's own file says. */
  readonly gateway?: string | null | undefined;
  /** Null: never. */
  readonly preemptDelaySeconds?: number | null | undefined;
  readonly takeover?: TakeoverPolicy | undefined;
}

/** What may be changed of a pair that is there. */
export interface PairChangeWish extends PairTuning {
  readonly virtualAddress?: string | undefined;
  /** Null: none. */
  readonly address6?: string | null | undefined;
  readonly vhid?: number | undefined;
  /** Of both nodes, by name; null: none. */
  readonly secondPath?: Readonly<Record<string, SecondPath>> | null | undefined;
  /** By name of the node. */
  readonly priorities?: Readonly<Record<string, number>> | undefined;
}

/** One thing that changes, in words. */
export interface ChangedThing {
  readonly field: string;
  readonly label: string;
  readonly before: string;
  readonly after: string;
}

/** @throws TandemError `pair.change.invalid`, also where nothing would change */
export function changedPair(pair: PairSettings, wish: PairChangeWish): PairSettings {
  const after = tunedPair(pair, wish);
  const fixed = protocolObjection(after) ?? fixedByProtocol(pair, whatIsSpoken(pair, after));
  if (fixed !== undefined) throw invalidChange(fixed, 'To change it: tandem failover remove, then set');
  if (isDeepStrictEqual(after, pair))
    throw invalidChange('This changes nothing.', 'See what is in force: tandem failover show');
  return after;
}

/** @throws TandemError `pair.change.invalid` */
export function tunedPair(pair: PairSettings, wish: PairChangeWish): PairSettings {
  const {
    paths = { multicast: true, unicast: true },
    address6,
    gateway,
    preemptDelaySeconds,
    takeover,
    ...rest
  } = pair;
  const multicast = wish.multicast ?? paths.multicast;
  const unicast = wish.unicast ?? paths.unicast;
  if (!multicast && !unicast)
    throw invalidChange(
      'Without multicast and unicast the nodes would not hear each other on the LAN.',
      'Leave one of the two on',
    );
  const nextGateway = wish.gateway === undefined ? gateway : (wish.gateway ?? undefined);
  const next6 = wish.address6 === undefined ? address6 : wish.address6;
  const nextPreempt =
    wish.preemptDelaySeconds === undefined ? preemptDelaySeconds : (wish.preemptDelaySeconds ?? undefined);
  const [first, second] = pair.nodes;
  const after: PairSettings = {
    ...rest,
    ...timing(pair, wish),
    vhid: wish.vhid ?? pair.vhid,
    virtualAddress: wish.virtualAddress ?? pair.virtualAddress,
    nodes: [changedNode(first, pair, wish), changedNode(second, pair, wish)],
    ...(next6 == null ? {} : { address6: canonicalPrefix(next6) }),
    ...(multicast && unicast ? {} : { paths: { multicast, unicast } }),
    ...(nextGateway === undefined ? {} : { gateway: nextGateway }),
    ...(nextPreempt === undefined ? {} : { preemptDelaySeconds: nextPreempt }),
    ...((wish.takeover ?? takeover) === 'in-sync' ? { takeover: 'in-sync' } : {}),
  };
  if (after.nodes[0].priority === after.nodes[1].priority)
    throw invalidChange('Both nodes would have the same priority.', 'Give one of them a higher one');
  return after;
}

function whatIsSpoken(before: PairSettings, after: PairSettings): { vhid: boolean; spoken: boolean } {
  const fields = [
    'vhid',
    'virtualAddress',
    'advertisementIntervalMs',
    'leaseSeconds',
    'heartbeatKey',
  ] as const;
  return { vhid: before.vhid !== after.vhid, spoken: fields.some((field) => before[field] !== after[field]) };
}

function timing(
  pair: PairSettings,
  wish: PairChangeWish,
): Pick<PairSettings, 'advertisementIntervalMs' | 'leaseSeconds'> {
  const preset = timingPresets.find(({ name }) => name === wish.preset);
  const advertisementIntervalMs =
    wish.advertisementIntervalMs ?? preset?.advertisementIntervalMs ?? pair.advertisementIntervalMs;
  const least = toSeconds(smallestLease(centiseconds(advertisementIntervalMs / 10)));
  const leaseSeconds = wish.leaseSeconds ?? preset?.leaseSeconds ?? Math.max(pair.leaseSeconds, least);
  if (leaseSeconds < least)
    throw invalidChange(
      `With a heartbeat every ${advertisementIntervalMs} ms the lease must be at least ${least} s.`,
      `Set it to ${least} s or more`,
    );
  return { advertisementIntervalMs, leaseSeconds };
}

function changedNode(node: PairNode, pair: PairSettings, wish: PairChangeWish): PairNode {
  const names = pair.nodes.map(({ name }) => name);
  for (const name of [...Object.keys(wish.priorities ?? {}), ...Object.keys(wish.secondPath ?? {})])
    if (!names.includes(name))
      throw invalidChange(
        `There is no node ${name} in this pair.`,
        `The nodes are ${names.join(' and ')}: tandem failover show`,
      );
  const { second, ...rest } = node;
  const next = wish.secondPath === undefined ? second : wish.secondPath?.[node.name];
  if (wish.secondPath != null && next === undefined)
    throw invalidChange(
      `The second path lacks ${node.name}.`,
      'Name interface and address of both nodes, or of none',
    );
  return {
    ...rest,
    priority: wish.priorities?.[node.name] ?? node.priority,
    ...(next === undefined ? {} : { second: next }),
  };
}

/** What is not the same, for a person to read. */
export function changedThings(before: PairSettings, after: PairSettings): readonly ChangedThing[] {
  const old = new Map(things(before).map((one) => [one.field, one.value]));
  return things(after)
    .filter(({ field, value }) => old.get(field) !== value)
    .map(({ field, label, value }) => ({ field, label, before: old.get(field) ?? 'none', after: value }));
}

function things(pair: PairSettings): readonly { field: string; label: string; value: string }[] {
  const { paths = { multicast: true, unicast: true } } = pair;
  return [
    { field: 'virtualAddress', label: 'virtual address', value: pair.virtualAddress },
    { field: 'address6', label: 'shared IPv6 address', value: pair.address6 ?? 'none' },
    { field: 'vhid', label: 'VHID', value: String(pair.vhid) },
    { field: 'advertisementIntervalMs', label: 'heartbeat', value: `${pair.advertisementIntervalMs} ms` },
    { field: 'leaseSeconds', label: 'lease of the address', value: `${pair.leaseSeconds} s` },
    { field: 'multicast', label: 'multicast', value: paths.multicast ? 'on' : 'off' },
    { field: 'unicast', label: 'unicast', value: paths.unicast ? 'on' : 'off' },
    { field: 'gateway', label: 'gateway to watch', value: pair.gateway ?? "as each node's own file says" },
    {
      field: 'preemptDelaySeconds',
      label: 'taking the role back',
      value: pair.preemptDelaySeconds === undefined ? 'never' : `after ${pair.preemptDelaySeconds} s`,
    },
    { field: 'takeover', label: 'taking over', value: takeoverInWords(pair.takeover ?? 'always') },
    { field: 'heartbeatKey', label: 'heartbeat key', value: `number ${pair.heartbeatKey ?? 1}` },
    ...pair.nodes.flatMap(({ name, priority, second }) => [
      { field: `priorities.${name}`, label: `priority of ${name}`, value: String(priority) },
      {
        field: `secondPath.${name}`,
        label: `second path of ${name}`,
        value: second === undefined ? 'none' : `${second.interface} ${second.address}`,
      },
    ]),
  ];
}

function takeoverInWords(policy: TakeoverPolicy): string {
  return policy === 'always' ? 'always' : 'only with a copy that has every change';
}

/** Who notices what; `clients` are connected, and profiles name the virtual address unless `host` says otherwise. */
export function notices(
  before: PairSettings,
  after: PairSettings,
  around: { readonly clients: number; readonly host: string; readonly pagesPort: number },
): { readonly words: readonly string[]; readonly reconnecting: number } {
  const words: string[] = [];
  const moves = before.virtualAddress !== after.virtualAddress;
  const reconnecting = moves ? around.clients : 0;
  if (moves) {
    const [from, to] = [bareAddress(before.virtualAddress), bareAddress(after.virtualAddress)];
    words.push(
      `OpenVPN starts anew on ${to}: ${around.clients} client(s) reconnect, and connections through the virtual address end`,
      `the pages answer at https://${to}:${around.pagesPort}/ and not at ${from} any more`,
      around.host === ''
        ? `profiles made before name ${from} and must be downloaded again (or set a host: tandem settings set host=NAME, before the change)`
        : `profiles name ${around.host}: see that it leads to ${to}`,
    );
  }
  words.push(...over6(before, after));
  if (before.advertisementIntervalMs !== after.advertisementIntervalMs)
    words.push(
      `silence is noticed after ${detectionMs(after.advertisementIntervalMs)} ms instead of ${detectionMs(before.advertisementIntervalMs)} ms`,
    );
  const back = after.preemptDelaySeconds;
  if (back !== undefined && before.preemptDelaySeconds === undefined)
    words.push(
      `the node with the higher priority takes the role back ${back} s after it is ready: its clients move twice for each failure`,
    );
  if (before.takeover === undefined && after.takeover !== undefined)
    words.push(
      'a standby that may lack changes does not take over by itself from now on: nobody serves until the other node is back, or `tandem failover claim` says so',
    );
  if (!moves && (before.address6 === undefined || before.address6 === after.address6))
    words.push('no client notices the change itself');
  return { words, reconnecting };
}

function over6(before: PairSettings, after: PairSettings): readonly string[] {
  const [from, to] = [before.address6, after.address6].map((one) =>
    one === undefined ? undefined : bareAddress(one),
  );
  if (from === to) return [];
  return [
    ...(from === undefined
      ? []
      : [`clients that are connected over IPv6 to ${from} are lost there and try their other servers`]),
    ...(to === undefined
      ? []
      : [`OpenVPN serves on ${to} as well; profiles given out from now on name it where they name no host`]),
  ];
}
