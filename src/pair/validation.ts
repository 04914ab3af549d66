import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { TandemError } from '../core/errors.ts';
import { canonicalPrefix } from '../core/net/shared-address.ts';
import { serverProcesses } from '../core/vpn/processes.ts';
import type { Privileged } from '../privileged/privileged.ts';
import { bareAddress } from '../settings/network.ts';
import type { NodeConfig } from '../settings/node.ts';
import type { SecondPath } from '../settings/pair.ts';
import { readVpnSettings } from '../settings/read.ts';
import type { Store } from '../store/store.ts';
import { type ProbeAnswer, type ProbeRequest, probeAnswerSchema } from '../validation/contract.ts';
import {
  freeVhid,
  good,
  type Plan,
  pendingRow,
  planRow,
  probeRows,
  problem,
  type Row,
  type RowId,
  rowIds,
  skipped,
} from '../validation/rows.ts';
import { freeIt } from './peer-refusal.ts';
import { type Remote, runRemotely } from './remote-command.ts';

const ownSeconds = 5;
const peerSeconds = 4;
const listenSeconds = 4;

/** What is to be validated. */
export interface ValidationWish {
  readonly virtualAddress: string;
  readonly address6?: string | undefined;
  readonly virtualMac?: boolean | undefined;
  readonly vhid: number;
  readonly peer: Remote;
  /** By which ways heartbeats are to go; both where they are left out. */
  readonly multicast?: boolean | undefined;
  readonly unicast?: boolean | undefined;
  readonly secondPath?: { readonly own: SecondPath; readonly peer: SecondPath } | undefined;
}

interface ValidationParts {
  readonly config: NodeConfig;
  readonly privileged: Privileged;
  readonly store: Store;
  readonly now: () => number;
}

/** What the other machine answers to `tandem failover probe`. */
const remoteAnswerSchema = z.object({
  probe: probeAnswerSchema,
  node: z.object({ name: z.string(), start: z.enum(['primary', 'failover']), paired: z.string().nullable() }),
});

export interface ValidationView {
  readonly running: boolean;
  readonly rows: readonly Row[];
}

/** Looks at everything that a pair needs, row by row, without changing anything. One at a time; the last one stays to be read. */
export class Validation {
  readonly #parts: ValidationParts;
  #rows: Row[] = [];
  #running: Promise<void> | undefined;

  constructor(parts: ValidationParts) {
    this.#parts = parts;
  }

  /** The node that looks. */
  get own(): NodeConfig {
    return this.#parts.config;
  }

  get view(): ValidationView {
    return { running: this.#running !== undefined, rows: this.#rows };
  }

  /** Begins; the rows fill while it runs. @throws TandemError `pair.validation.busy` */
  start(wish: ValidationWish): ValidationView {
    if (this.#running !== undefined) throw busy();
    this.#rows = rowIds({ address6: wish.address6, second: wish.secondPath !== undefined }).map(pendingRow);
    this.#running = this.#run(wish)
      .catch((error: unknown) => {
        const words = error instanceof Error ? error.message : String(error);
        this.#fillPending(`It could not be looked at: ${words}`, 'Look at the log: journalctl -u tandem');
      })
      .finally(() => {
        this.#running = undefined;
      });
    return this.view;
  }

  /** Listens to the LAN and picks a number that nobody uses there. */
  async freeVhid(): Promise<{ vhid: number; used: readonly number[] }> {
    const { config, privileged } = this.#parts;
    const { advertisers } = await privileged.probeLan({
      interface: config.interface,
      address: config.address,
      peerAddress: config.address,
      virtualAddress: config.address,
      nonce: randomBytes(16).toString('hex'),
      seconds: listenSeconds,
      ports: [],
    });
    return { vhid: freeVhid(advertisers), used: [...new Set(advertisers.map(({ vhid }) => vhid))] };
  }

  async #run(wish: ValidationWish): Promise<void> {
    const { config, now } = this.#parts;
    const plan: Plan = {
      virtualAddress: bareAddress(wish.virtualAddress),
      prefixLength: Number(wish.virtualAddress.split('/')[1]),
      address6: wish.address6 === undefined ? undefined : canonicalPrefix(wish.address6),
      virtualMac: wish.virtualMac,
      vhid: wish.vhid,
      own: config,
      peerAddress: wish.peer.address,
      multicast: wish.multicast ?? true,
      unicast: wish.unicast ?? true,
      second: wish.secondPath !== undefined,
    };
    const [ownWay, peerWay] = [wish.secondPath?.own, wish.secondPath?.peer];
    const subnet = planRow(plan);
    this.#put(subnet);
    const common = {
      virtualAddress: plan.virtualAddress,
      ...(plan.address6 === undefined ? {} : { address6: bareAddress(plan.address6) }),
      nonce: randomBytes(16).toString('hex'),
      ports: serverProcesses(readVpnSettings(this.#parts.store)).map(({ protocol, port }) => ({
        protocol,
        port,
      })),
    };
    const own = this.#parts.privileged.probeLan({
      ...common,
      interface: config.interface,
      address: config.address,
      peerAddress: plan.peerAddress,
      // What this node listens on already is its own.
      ports: [],
      seconds: ownSeconds,
      second: wayTo(ownWay, peerWay),
    });
    const peer = await this.#askPeer(wish.peer, {
      ...common,
      address: plan.peerAddress,
      peerAddress: config.address,
      seconds: peerSeconds,
      second: wayTo(peerWay, ownWay),
    });
    const answeredAtMs = now();
    const ownAnswer = await own;
    if (peer === undefined) {
      this.#alone(plan, ownAnswer);
      return;
    }
    for (const row of probeRows(plan, ownAnswer, peer, answeredAtMs)) this.#put(row);
  }

  /** What can be said of the LAN without the second node. */
  #alone(plan: Plan, own: ProbeAnswer): void {
    const seen = probeRows(plan, own, own, own.clockMs);
    for (const id of ['address', 'vhid', 'space'] as const) {
      const row = seen.find((one) => one.id === id);
      if (row !== undefined) this.#put(row);
    }
    for (const { id, state } of this.#rows)
      if (state === 'pending')
        this.#put(skipped(id as RowId, 'The second node was not reached, or its command did not answer.'));
  }

  async #askPeer(remote: Remote, request: Omit<ProbeRequest, 'interface'>): Promise<ProbeAnswer | undefined> {
    try {
      const result = await runRemotely(
        remote,
        '/usr/local/bin/tandem failover probe',
        JSON.stringify(request),
        (fingerprint) => this.#put(good('reach', `It answers, with the host key ${fingerprint}.`)),
      );
      const answer = remoteAnswerSchema.safeParse(parsed(result.stdout));
      if (!answer.success) {
        this.#put(notReady(result.code, result.stderr));
        return undefined;
      }
      this.#put(readiness(answer.data.node));
      return answer.data.probe;
    } catch (error) {
      if (!(error instanceof TandemError)) throw error;
      this.#put(problem('reach', error.message.replace(' Nothing was changed.', ''), error.hint));
      return undefined;
    }
  }

  #put(row: Row): void {
    this.#rows = this.#rows.map((one) => (one.id === row.id ? row : one));
  }

  #fillPending(sentence: string, remedy: string): void {
    for (const { id, state } of this.#rows) {
      if (state === 'pending') this.#put(problem(id as RowId, sentence, remedy));
    }
  }
}

function wayTo(from: SecondPath | undefined, to: SecondPath | undefined): ProbeRequest['second'] {
  return from === undefined || to === undefined ? undefined : { ...from, peerAddress: to.address };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readiness(node: z.infer<typeof remoteAnswerSchema>['node']): Row {
  if (node.paired !== null)
    return problem('ready', `${node.name} is paired with ${node.paired} already.`, freeIt);
  if (node.start === 'primary')
    return problem(
      'ready',
      `${node.name} was set up as a primary node and has data of its own.`,
      "Run there: tandem init, and answer no to 'Will this be the primary node?'",
    );
  return good('ready', `${node.name} waits to be paired.`);
}

function notReady(code: number, stderr: string): Row {
  const last = stderr.trim().split('\n').at(-1) ?? '';
  if (/sudo: |password is required|not in the sudoers|try again/.test(stderr))
    return problem('ready', `sudo refused: ${last}`, 'Name root, or a user who may use sudo');
  if (code === 127 || /not found|No such file/.test(stderr))
    return problem(
      'ready',
      'There is no tandem command on it.',
      'Install Tandem there, then run: tandem init',
    );
  const message = /"message":"([^"]+)"/.exec(last)?.[1] ?? (last === '' ? 'it said nothing' : last);
  return problem(
    'ready',
    `Its tandem command did not answer: ${message}`,
    'Run there: tandem init, then: tandem status',
  );
}

function busy(): TandemError {
  return new TandemError({
    code: 'pair.validation.busy',
    culprit: 'caller',
    message: 'A validation is running already.',
    hint: 'Wait a few seconds and read its rows',
  });
}
