import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { z } from 'zod';
import { holdsAddress, type Observed, warningsOf } from '../pair/status.ts';

/** What a heartbeat counts, as far as this version knows it. */
const countersSchema = z.object({
  counters: z.object({
    sent: z.number(),
    received: z.number(),
    becameActive: z.number(),
    dropped: z.record(z.string(), z.number()),
  }),
});

const heartbeatStates = ['init', 'standby', 'active', 'fault'] as const;

/** What was observed as Prometheus reads it. Names and meanings: docs/operating/metrics.md */
export class Metrics {
  readonly #process = new Registry();

  constructor() {
    collectDefaultMetrics({ register: this.#process, prefix: 'tandem_server_' });
  }

  get contentType(): string {
    return this.#process.contentType;
  }

  async text(observed: Observed, version: string): Promise<string> {
    const registry = new Registry();
    const page = new Page(registry);
    node(page, observed, version);
    copy(page, observed);
    followers(page, observed);
    verification(page, observed);
    heartbeat(page, observed);
    vpn(page, observed);
    return `${await registry.metrics()}\n${await this.#process.metrics()}`;
  }
}

/** One sheet, filled anew at each question: what is undefined is left out, for 0 would be a claim. */
class Page {
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  set(
    name: string,
    help: string,
    value: number | boolean | undefined,
    labels: Readonly<Record<string, string>> = {},
  ): void {
    if (value === undefined) return;
    const labelNames = Object.keys(labels);
    const known = this.#registry.getSingleMetric(name);
    const gauge =
      known instanceof Gauge ? known : new Gauge({ name, help, labelNames, registers: [this.#registry] });
    gauge.set(labels, Number(value));
  }

  /** What only grows until the process is started again. */
  count(name: string, help: string, value: number, labels: Readonly<Record<string, string>> = {}): void {
    const known = this.#registry.getSingleMetric(name);
    const labelNames = Object.keys(labels);
    const counter =
      known instanceof Counter ? known : new Counter({ name, help, labelNames, registers: [this.#registry] });
    counter.inc(labels, value);
  }
}

function node(page: Page, observed: Observed, version: string): void {
  page.set('tandem_info', 'Name and version of this node.', 1, { node: observed.node.name, version });
  page.set('tandem_active', '1 while this node is the active one.', observed.role === 'active');
  page.set('tandem_role_since_seconds', 'When it took its role.', observed.since.getTime() / 1000);
  page.set('tandem_warnings', 'What a person should look at: tandem status.', warningsOf(observed).length);
  page.set('tandem_journal_epoch', 'Epoch of the newest change on this node.', observed.position.epoch);
  page.set('tandem_journal_sequence', 'Sequence of the newest change.', observed.position.sequence);
  page.set('tandem_quarantine_undecided', 'Changes in quarantine to decide on.', observed.undecided);
  if (observed.virtualAddress === undefined) return;
  const labels = { address: observed.virtualAddress };
  page.set(
    'tandem_virtual_address_held',
    '1 while this node has the virtual address.',
    holdsAddress(observed),
    labels,
  );
}

function copy(page: Page, { peer, copy: other, role, readiness }: Observed): void {
  if (peer === undefined || other === undefined) return;
  const labels = { peer: peer.name };
  page.set('tandem_peer_connected', '1 while the copies are linked.', other.connected, labels);
  if (role !== 'active') return;
  page.set('tandem_protected', '1 while every acknowledged change is on both nodes.', other.protected);
  page.set('tandem_protected_since_seconds', 'Since when.', seconds(other.protectedSince));
  page.set('tandem_standby_ready', '1 while the standby would take over, as it says.', readiness?.ready);
  page.set('tandem_peer_sequence', 'Newest change that is on its disk.', other.position?.sequence, labels);
  page.set('tandem_peer_lag_entries', 'Changes it does not have.', other.lagEntries, labels);
  page.set('tandem_peer_lag_seconds', 'Age of the oldest of them.', seconds(other.lagMs), labels);
  page.set('tandem_peer_unsent_bytes', 'Change data that did not go out yet.', other.unsentBytes, labels);
}

function followers(page: Page, { role, followers: all, following }: Observed): void {
  if (following !== undefined) {
    page.set('tandem_following', '1 while this follower is linked with its source.', following.connected);
  }
  if (role !== 'active') return;
  for (const one of all) {
    const labels = { follower: one.follower.name };
    page.set('tandem_follower_connected', '1 while it is linked.', one.connected, labels);
    page.set('tandem_follower_sequence', 'Newest change on its disk.', one.position?.sequence, labels);
    page.set('tandem_follower_lag_entries', 'Changes it does not have.', one.lagEntries, labels);
    page.set('tandem_follower_lag_seconds', 'Age of the oldest of them.', seconds(one.lagMs), labels);
    page.set('tandem_follower_unsent_bytes', 'What waits in its link.', one.unsentBytes, labels);
    page.set(
      'tandem_follower_verified_seconds',
      'When it was last compared.',
      seconds(one.verifiedAt),
      labels,
    );
  }
}

function verification(page: Page, { verification: last, damaged }: Observed): void {
  page.set('tandem_copy_damaged', "1 while this node's copy is known to be damaged.", damaged !== undefined);
  if (last === undefined) return;
  page.set('tandem_verification_seconds', 'When the copies were last looked at.', seconds(last.atMs));
  const good = last.result === 'compared' || last.result === 'sound';
  page.set('tandem_verification_good', '1 when nothing was wrong then.', good);
}

function heartbeat(page: Page, { heartbeat: status }: Observed): void {
  page.set('tandem_heartbeat_up', '1 while the heartbeat answers.', status !== undefined);
  if (status === undefined) return;
  for (const state of heartbeatStates) {
    page.set('tandem_heartbeat_state', '1 for the state it is in.', status.state === state, { state });
  }
  for (const { address, lastHeardMs } of status.peers) {
    const ago = lastHeardMs ?? undefined;
    page.set('tandem_heartbeat_peer_heard_seconds', 'Ago, the last advertisement.', seconds(ago), {
      address,
    });
  }
  const { data } = countersSchema.safeParse(status);
  if (data === undefined) return;
  page.count('tandem_heartbeat_sent_total', 'Advertisements sent.', data.counters.sent);
  page.count('tandem_heartbeat_received_total', 'Advertisements received.', data.counters.received);
  page.count('tandem_heartbeat_became_active_total', 'Takeovers by this node.', data.counters.becameActive);
  for (const [reason, count] of Object.entries(data.counters.dropped)) {
    page.count('tandem_heartbeat_dropped_total', 'Advertisements refused, by reason.', count, { reason });
  }
}

function vpn(page: Page, { openvpn }: Observed): void {
  for (const { protocol, port, pid, clients } of openvpn) {
    const labels = { protocol, port: String(port) };
    page.set('tandem_openvpn_up', '1 while OpenVPN answers.', pid !== undefined, labels);
    page.set('tandem_openvpn_clients', 'Clients connected.', clients, labels);
  }
}

function seconds(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : milliseconds / 1000;
}
