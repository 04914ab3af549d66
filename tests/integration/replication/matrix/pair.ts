import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '../../../random.ts';
import { type Case, frameTypes } from './cases.ts';
import { Ledger } from './ledger.ts';
import { Machine } from './machine.ts';
import { Relay } from './relay.ts';

const settleMs = 40_000;

/** Two machines and the link between them; runs one case after the other and judges each by the invariants. */
export class MatrixPair {
  readonly #random: Random;
  readonly #machines: readonly [Machine, Machine];
  readonly #relays: readonly [Relay, Relay];
  readonly #ledger = new Ledger();
  #active = 0;
  #written = 0;
  #writing: Promise<void>[] = [];
  /** The standby's disk was replaced and has not been filled again. */
  #empty = false;

  constructor(workspace: string, random: Random) {
    this.#random = random;
    const ways = [`${workspace}/way-from-a.sock`, `${workspace}/way-from-b.sock`] as const;
    this.#machines = [new Machine(workspace, 'node-a', ways[0]), new Machine(workspace, 'node-b', ways[1])];
    this.#relays = [
      new Relay(ways[0], () => this.#machines[1].socket),
      new Relay(ways[1], () => this.#machines[0].socket),
    ];
  }

  async start(): Promise<void> {
    for (const machine of this.#machines) await machine.start();
    await this.#node.ask({ do: 'become', role: 'active' });
    await this.#settle();
  }

  async stop(): Promise<void> {
    for (const machine of this.#machines) await machine.remove();
    for (const relay of this.#relays) relay.close();
  }

  /** For the report of a run that does not end. */
  async describe(): Promise<string> {
    const asked = this.#machines.map(async (machine) => {
      const { alive, frozen, full } = machine;
      const state = await Promise.race([
        machine.ask({ do: 'state', after: 0 }).catch(() => undefined),
        pause(1_000),
      ]);
      return {
        alive,
        frozen,
        full,
        role: state?.role,
        trouble: state?.trouble,
        head: state?.head,
        active: machine === this.#node,
      };
    });
    return JSON.stringify(await Promise.all(asked));
  }

  /** Whether the blow was struck at all, and what the pair did. */
  async run(one: Case): Promise<{ struck: boolean; takeover: boolean }> {
    // A blow that falls late may end any stage: what follows then is a restart instead.
    const result = await this.#strike(one).catch((error: unknown) => {
      if (isGone(error)) return { struck: true, takeover: false };
      throw error;
    });
    await this.#settleAtLast();
    return result;
  }

  async #strike(one: Case): Promise<{ struck: boolean; takeover: boolean }> {
    if (one.situation === 'return') await this.#diverge();
    if (one.situation === 'new disk') await this.#replaceDisk();
    await this.#arm(one);
    this.#write(3, 2);
    if (one.situation === 'copy') await quietly(this.#standby.ask({ do: 'reseed' }));
    if (one.situation === 'return' || one.situation === 'new disk') await this.#mend();
    if (one.situation === 'promote') await this.#failActive(one);
    this.#write(2, 3);
    const struck = await this.#watch(one);
    return { struck, takeover: await this.#takeOver(one) };
  }

  get #node(): Machine {
    return this.#machines[this.#active]!;
  }
  get #standby(): Machine {
    return this.#machines[1 - this.#active]!;
  }
  get #relay(): Relay {
    return this.#relays[this.#active]!;
  }

  /** Each of several writers makes some changes, one after the other; the ledger keeps what it was told. */
  #write(writers: number, each: number, node = this.#node): void {
    for (let writer = 0; writer < writers; writer++) {
      const run = async (): Promise<void> => {
        for (let change = 0; change < each; change++) {
          const name = `change-${this.#written++}`;
          const size = this.#random.chance(0.1) ? 20_000 : this.#random.below(300);
          try {
            const answer = await node.ask({ do: 'write', name, size });
            (answer.protected ? this.#ledger.onBoth : this.#ledger.onOne).add(name);
          } catch (error) {
            const code = (error as Error).message;
            if (/store\.disk|read-only|standby$/.test(code)) this.#ledger.refused.add(name);
            if (code === 'gone') return;
          }
        }
      };
      this.#writing.push(run());
    }
  }

  async #arm(one: Case): Promise<void> {
    const { strike } = one;
    const nth = 1 + this.#random.below(2);
    if (strike.at === 'link') {
      const [direction, type] = frameTypes[strike.frame]!;
      const [verb, whom] = strike.blow.split(' ');
      const machine = whom === 'active' ? this.#node : this.#standby;
      const call = async (): Promise<void> => {
        if (verb === 'kill') await machine.kill();
        else if (verb === 'power') await machine.losePower();
        else machine.freeze();
      };
      const how =
        verb === 'kill' || verb === 'power' || verb === 'freeze' ? 'call' : (strike.blow as 'garble');
      this.#relay.arm({ direction, type, nth: strike.frame === 'entry' ? nth : 1, how, call });
    } else if (strike.at !== 'any time') {
      const machine = strike.at === 'active' ? this.#node : this.#standby;
      machine.struck = undefined;
      // It may be struck before it has answered.
      await quietly(machine.ask({ do: 'arm', armed: { step: strike.step, nth, blow: strike.blow } }));
    }
  }

  /** Waits a while for the blow to fall; at any time means now. */
  async #watch(one: Case): Promise<boolean> {
    const { strike } = one;
    if (strike.at === 'any time') {
      await pause(this.#random.below(40));
      const [verb, whom] = strike.blow.split(' ');
      const machine = whom === 'active' ? this.#node : this.#standby;
      if (verb === 'kill') await machine.kill();
      else if (verb === 'power') await machine.losePower();
      else if (verb === 'freeze') machine.freeze();
      else if (verb === 'cut') this.#relay.cut();
      // A node that was frozen to promote the other answers only when it is woken up.
      else
        await Promise.race([
          quietly(
            machine.ask({
              do: 'arm',
              armed: { step: whom === 'active' ? 'write' : 'apply', nth: 1, blow: 'fill' },
            }),
          ),
          pause(400),
        ]);
      if (verb === 'fill') this.#write(1, 2);
      return true;
    }
    const machine = strike.at === 'active' ? this.#node : this.#standby;
    const struck = (): boolean => (strike.at === 'link' ? this.#relay.struck : machine.struck !== undefined);
    const deadline = performance.now() + 400;
    while (!struck() && performance.now() < deadline) await pause(2);
    await pause(this.#random.below(20));
    const fell = struck();
    // One that falls later would meet a machine that nobody watches any more, and freeze it for good.
    if (strike.at === 'link') this.#relay.arm(undefined);
    return fell;
  }

  /** What the heartbeats would do: the standby takes over from an active that is out, or from one it cannot hear. */
  async #takeOver(one: Case): Promise<boolean> {
    if (one.situation === 'promote') return true;
    const split = !this.#node.out && this.#random.chance(0.25);
    if (this.#empty || !(this.#node.out || split) || !(split || this.#random.chance(0.75))) return false;
    if (split) this.#relay.cut();
    await this.#promoteStandby();
    if (!split) return true;
    this.#write(1, 2);
    this.#write(1, 2, this.#standby);
    await this.#writtenForAWhile();
    // Who is the one that stays active is the heartbeats' business; replication must cope with either.
    if (this.#random.chance(0.5)) this.#active = 1 - this.#active;
    return true;
  }

  async #writtenForAWhile(): Promise<void> {
    await Promise.race([Promise.all(this.#writing), pause(1_500)]);
  }

  /** Afterwards the standby is the active one. Everything that was promised is there. */
  async #promoteStandby(): Promise<void> {
    await this.#repair(this.#standby);
    this.#relay.cut();
    await Promise.race([this.#standby.ask({ do: 'become', role: 'active' }), pause(3_000)]).catch(() => {});
    if (this.#standby.out) {
      await this.#repair(this.#standby);
      await this.#standby.ask({ do: 'become', role: 'active' });
    }
    this.#active = 1 - this.#active;
    const promised = new Set(this.#ledger.onBoth);
    const state = await this.#node.ask({ do: 'state', after: 0 });
    this.#ledger.saw(state);
    const names = new Set(state.names);
    assert.deepEqual(
      [...promised].filter((name) => !names.has(name)),
      [],
      'I2: missing after the takeover',
    );
  }

  async #failActive(one: Case): Promise<void> {
    const kind = this.#random.below(4);
    if (kind === 0) await this.#node.kill();
    else if (kind === 1) await this.#node.losePower();
    else if (kind === 2) this.#node.freeze();
    else this.#relay.cut();
    const { strike } = one;
    if (strike.at === 'standby' && strike.blow === 'freeze') {
      // It wakes up later, in the middle of its promotion.
      const standby = this.#standby;
      setTimeout(() => standby.thaw(), 300);
    }
    await this.#promoteStandby();
  }

  /** The active node writes alone, the other takes over, and the first will come back with what only it has. */
  async #diverge(): Promise<void> {
    this.#relay.cut();
    this.#write(2, 2);
    await Promise.all(this.#writing);
    await this.#promoteStandby();
    const returning = this.#standby;
    this.#ledger.saw(await returning.ask({ do: 'state', after: 0 }));
    this.#relay.cut();
    await returning.ask({ do: 'become', role: 'standby' });
  }

  async #mend(): Promise<void> {
    for (const relay of this.#relays) relay.mend();
    await quietly(this.#node.ask({ do: 'nudge' }));
  }

  async #replaceDisk(): Promise<void> {
    this.#relay.cut();
    this.#ledger.keep((await this.#standby.ask({ do: 'verify' })).quarantined);
    await this.#standby.kill();
    this.#standby.wipe();
    this.#empty = true;
    await this.#standby.start();
    await this.#standby.ask({ do: 'become', role: 'standby' });
  }

  async #repair(machine: Machine): Promise<void> {
    let disarmed = false;
    const disarming = quietly(machine.ask({ do: 'arm', armed: undefined })).then(() => {
      disarmed = true;
    });
    // Woken up it may freeze itself at a step that it was armed for.
    while (!disarmed) {
      machine.thaw();
      await Promise.race([disarming, pause(100)]);
    }
    machine.makeRoom();
    if (!machine.alive) {
      await machine.start();
      this.#ledger.saw(await machine.ask({ do: 'state', after: 0 }));
    }
  }

  /** A blow that fell late may still kill a node meanwhile. */
  async #settleAtLast(): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        await this.#settle();
        return;
      } catch (error) {
        if (attempt === 2 || !isGone(error)) throw error;
      }
    }
  }

  /** Everything works again: both copies become equal, and nothing promised is missing. */
  async #settle(): Promise<void> {
    for (const relay of this.#relays) relay.arm(undefined);
    for (const machine of this.#machines) {
      await this.#repair(machine);
      this.#ledger.saw(await machine.ask({ do: 'state', after: 0 }));
    }
    await this.#standby.ask({ do: 'become', role: 'standby' });
    await this.#node.ask({ do: 'become', role: 'active' });
    await this.#mend();
    await this.#protected();
    await Promise.all(this.#writing);
    this.#writing = [];
    // One more change must come through at once: nothing is left half-open.
    this.#write(1, 1);
    await Promise.all(this.#writing);
    await this.#protected();
    const states = await Promise.all(this.#machines.map((machine) => machine.ask({ do: 'state', after: 0 })));
    const verdicts = await Promise.all(this.#machines.map((machine) => machine.ask({ do: 'verify' })));
    for (const verdict of verdicts) {
      assert.deepEqual(verdict.integrity, []);
      assert.equal(verdict.broken, 0);
    }
    assert.equal(states[0]!.digest, states[1]!.digest, 'both copies are equal');
    this.#ledger.checkSettled(states[0]!, verdicts.map(({ quarantined }) => quarantined).join(''));
    this.#empty = false;
  }

  async #protected(): Promise<void> {
    const deadline = performance.now() + settleMs;
    while ((await this.#node.ask({ do: 'protected' })) !== true) {
      if (performance.now() > deadline) {
        const states = await Promise.all(
          this.#machines.map((machine) => machine.ask({ do: 'state', after: 0 })),
        );
        const seen = states.map(({ role, trouble, head }) => ({ role, trouble, head }));
        throw new Error(`not protected within ${settleMs} ms: ${JSON.stringify(seen)}`);
      }
      await pause(5);
    }
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Error && error.message === 'gone';
}

async function quietly(what: Promise<unknown>): Promise<void> {
  await what.catch(() => {});
}
