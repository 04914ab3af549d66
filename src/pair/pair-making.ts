import type { Write } from '../accounts/write.ts';
import { bareAddress } from '../settings/network.ts';
import type { NodeConfig } from '../settings/node.ts';
import { type PairNode, pairSettingName } from '../settings/pair.ts';
import { paths } from '../settings/paths.ts';
import { isPrimary, primaryNodeName } from '../settings/primary.ts';
import type { SettingsSource } from '../settings/read.ts';
import type { Actor } from '../store/actor.ts';
import { acceptPairing, callOff, type PairWish, pairWith } from './pairing.ts';
import type { PairingAnswer, PairingRequest } from './pairing-contract.ts';
import { alreadyPaired, notPaired, peerIsPrimary, peerNotGone, unpairElsewhere } from './pairing-errors.ts';
import { readPairingFile } from './pairing-file.ts';
import { Progress, type ProgressView } from './progress.ts';
import { forgetPair } from './unpairing.ts';
import { until } from './until.ts';

const protectionTimeoutMs = 30_000;
const serveTimeoutMs = 30_000;
const primaryClaimMs = 10_000;

interface PairMakingParts {
  readonly config: NodeConfig;
  readonly store: SettingsSource;
  readonly productVersion: string;
  readonly write: Write;
  /** @throws TandemError `pair.standby` */
  readonly refuseUnlessActive: () => void;
  /** Undefined while there is no pair. */
  readonly peer: () => PairNode | undefined;
  readonly openLink: (pairId: string) => Promise<void>;
  readonly closeLink: () => Promise<void>;
  /** Resolves when the node has brought itself in step with the settings. */
  readonly followed: () => Promise<void>;
  /** Whether this node holds the virtual address and serves. */
  readonly serves: () => Promise<boolean>;
  /** This node is active, and the other one has every change. */
  readonly isProtected: () => boolean;
  /** Whether the other one is connected to this node's data. */
  readonly peerAnswers: () => boolean;
  readonly role: { readonly epoch: number };
}

/** Two nodes become a pair, and two nodes again. */
export class PairMaking {
  readonly #parts: PairMakingParts;
  #progress = new Progress([]);

  constructor(parts: PairMakingParts) {
    this.#parts = parts;
  }

  /** How far the pair is that is being made, or was made last. */
  get making(): ProgressView {
    return this.#progress.view;
  }

  /** @throws TandemError `pair.already-paired`, `pair.standby`, and what `pairWith` throws */
  async make(
    actor: Actor,
    wish: PairWish,
  ): Promise<{ protected: boolean; peer: string; virtualAddress: string; hostKeyFingerprint: string }> {
    const { config, productVersion, write } = this.#parts;
    this.#parts.refuseUnlessActive();
    const peer = this.#parts.peer();
    if (peer !== undefined) throw alreadyPaired(config.name, peer.name);
    const progress = new Progress(stepsTo(config.name, wish));
    this.#progress = progress;
    const { epoch } = this.#parts.role;
    const { settings, hostKeyFingerprint } = await progress.during('accept', () =>
      pairWith({ node: config, productVersion, epoch }, wish),
    );
    await progress.during('settings', async () => {
      try {
        await write(actor, (transaction) => transaction.settings.set(pairSettingName, settings));
      } catch (error) {
        // Both or neither.
        await callOff(wish.peer);
        throw error;
      }
    });
    // The heartbeat listens before it claims: for that moment this node serves nobody.
    const served = async (): Promise<boolean> =>
      this.#parts.role.epoch > epoch && (await this.#parts.serves());
    const serving = await progress.until('address', served, serveTimeoutMs);
    const copied = await progress.until('copy', this.#parts.isProtected, protectionTimeoutMs);
    return {
      protected: serving && copied,
      peer: settings.nodes[1].name,
      virtualAddress: bareAddress(settings.virtualAddress),
      hostKeyFingerprint,
    };
  }

  /**
   * Ends the pair on both nodes: this one serves alone. On the failover node only with `peerGone`, where the primary is gone for good:
   * then this node is the primary one from now on.
   * @throws TandemError `pair.standby`, `pair.unpair.refused`, `pair.unpair.peer-answers`
   */
  async unmake(actor: Actor, peerGone: boolean): Promise<{ peer: string; peerTold: boolean }> {
    const { config, write, followed } = this.#parts;
    this.#parts.refuseUnlessActive();
    const peer = this.#parts.peer();
    if (peer === undefined) throw notPaired(config.name);
    const inherits = !isPrimary(this.#parts);
    if (inherits && !peerGone) throw unpairElsewhere(config.name, peer.name);
    if (inherits && this.#parts.peerAnswers()) throw peerNotGone(config.name, peer.name);
    const written = await write(actor, ({ settings }) => {
      settings.unset(pairSettingName);
      if (inherits) settings.set(primaryNodeName, config.nodeId);
    });
    await followed();
    return { peer: peer.name, peerTold: written.protected };
  }

  /** The second node's side. @throws TandemError `pair.peer-is-primary`, `pair.already-paired`, `pair.peer.version` */
  async accept(request: PairingRequest): Promise<PairingAnswer> {
    const { config, productVersion } = this.#parts;
    if (isPrimary(this.#parts)) throw peerIsPrimary(config.name);
    // A pair that has just been ended may still be being left here.
    await this.#parts.followed();
    const peer = this.#parts.peer();
    if (peer !== undefined) throw alreadyPaired(config.name, peer.name);
    const node = await acceptPairing(config, request, productVersion);
    await this.#parts.openLink(request.pairId);
    return { node };
  }

  /** On a node that accepted a pair which was not made. @throws TandemError `pair.already-paired` */
  async forget(): Promise<void> {
    const peer = this.#parts.peer();
    if (peer !== undefined) throw alreadyPaired(this.#parts.config.name, peer.name);
    await this.#parts.closeLink();
    await forgetPair();
  }
}

/**
 * On the failover node of a pair that was just made, before its heartbeat runs: whichever heartbeat is up first would
 * claim. Resolves when the primary's claim, which begins an epoch, has arrived, and after 10 s in any case.
 */
export async function primaryClaimed(role: { readonly epoch: number }): Promise<void> {
  const made = readPairingFile(paths.pairing)?.epoch ?? 0;
  await until(() => role.epoch > made, primaryClaimMs);
}

function stepsTo(name: string, wish: PairWish): readonly (readonly [id: string, title: string])[] {
  const shared = bareAddress(wish.virtualAddress);
  return [
    ['accept', `${wish.peer.address} accepts the pair; both nodes know each other's keys`],
    ['settings', `The settings are written on ${name}`],
    ['address', `The heartbeat has listened, and ${name} takes ${shared}`],
    ['copy', `${wish.peer.address} has a complete copy: the pair is protected`],
  ];
}
