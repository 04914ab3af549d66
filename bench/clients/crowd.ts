import { setTimeout as sleep } from 'node:timers/promises';
import { addUser, profileOf } from '../../lab/demo/set-up.ts';
import { until } from '../../lab/demo/until.ts';
import type { Lab } from '../../lab/lab.ts';
import type { NodeName } from '../../lab/topology.ts';

const folder = '/run/crowd';
const firstLookMs = 4_000;

/** Many clients on one host, each a stock OpenVPN of its own with a profile of its own, without a tunnel device. */
export class Crowd {
  readonly #lab: Lab;
  readonly #host: string;
  readonly #size: number;

  private constructor(lab: Lab, host: string, size: number) {
    this.#lab = lab;
    this.#host = host;
    this.#size = size;
  }

  /** Connects them one after the other: every login costs the server an argon2id. */
  static async connect(lab: Lab, host: string, active: NodeName, size: number): Promise<Crowd> {
    const { password } = await addUser(lab, active, 'crowd');
    const crowd = new Crowd(lab, host, size);
    await crowd.#shell(`umask 077; mkdir -p ${folder}; printf 'crowd\\n${password}\\n' > ${folder}/login`);
    for (let number = 1; number <= size; number += 1) {
      const profile = await profileOf(lab, active, 'crowd', `p${number}`);
      const file = `${folder}/${number}`;
      const made = await lab.exec(host, ['sh', '-c', 'cat > "$0"', `${file}.ovpn`], { input: profile });
      if (made.code !== 0) throw new Error(made.stderr);
      await crowd.#shell(
        // Not `--daemon`: a session of its own is a share of the processor of its own (sched(7), autogroup), beside one for all that serves.
        `openvpn --config ${file}.ovpn --auth-user-pass ${folder}/login --dev null --ifconfig-noexec --route-noexec --machine-readable-output --log ${file}.log </dev/null >/dev/null 2>&1 &`,
      );
      if (number % 10 === 0)
        await until(async () => (await crowd.#backSince(0)).length === number, 60_000, 'logins');
    }
    await until(async () => (await crowd.#backSince(0)).length === size, 60_000, 'everybody to be in');
    return crowd;
  }

  /** How long after `sinceMs` each client was back; undefined for who was not within the time. */
  async backAfter(sinceMs: number, withinMs: number): Promise<(number | undefined)[]> {
    // Looking costs processor time that the returning clients need: the first look is late, and the others are seldom.
    await sleep(firstLookMs);
    const everybody = async (): Promise<boolean> => (await this.#backSince(sinceMs)).length === this.#size;
    await until(everybody, withinMs, 'everybody', 1_000).catch(() => undefined);
    const back = (await this.#backSince(sinceMs)).map((at) => at - sinceMs);
    return Array.from({ length: this.#size }, (_, index) => back[index]);
  }

  /** When each of those who are back completed its (new) session, wall clock in milliseconds. */
  async #backSince(sinceMs: number): Promise<number[]> {
    const lines = await this.#shell(`grep -H 'Initialization Sequence Completed' ${folder}/*.log || true`);
    const first = new Map<string, number>();
    for (const line of lines.split('\n')) {
      const [, file, seconds] = /^([^:]+):(\d+\.\d+) /.exec(line) ?? [];
      const at = Number(seconds) * 1_000;
      if (file !== undefined && at > sinceMs && !first.has(file)) first.set(file, at);
    }
    return [...first.values()];
  }

  async #shell(line: string): Promise<string> {
    const result = await this.#lab.exec(this.#host, ['sh', '-c', line], { timeoutMs: 20_000 });
    if (result.code !== 0) throw new Error(`${line.slice(0, 60)}: ${result.stderr}`);
    return result.stdout;
  }
}
