import { emitKeypressEvents } from 'node:readline';
import type { Lab } from '../lab.ts';
import type { NodeName } from '../topology.ts';
import { tandem } from './node-commands.ts';
import { NodeWatch } from './node-watch.ts';
import { draw, leave } from './screen.ts';
import type { Watchers } from './story.ts';

const refreshMs = 200;

/** The pair live: a screen that is drawn anew and keys that break and mend things. Resolves when the person quits. */
export async function live(lab: Lab, watchers: Watchers, pages: string): Promise<void> {
  const nodes = { 'node-a': new NodeWatch(lab, 'node-a'), 'node-b': new NodeWatch(lab, 'node-b') };
  for (const watch of Object.values(nodes)) watch.start();
  let message = 'Press a key below and watch.';
  let sinceMs = Date.now();
  let busy = false;

  const active = (): NodeName => (nodes['node-b'].status?.role === 'active' ? 'node-b' : 'node-a');
  const timer = setInterval(() => {
    draw({
      nodes: { 'node-a': nodes['node-a'].status, 'node-b': nodes['node-b'].status },
      client: {
        connected: watchers.client.connected,
        address: watchers.client.address,
        questions: watchers.client.passwordQuestions,
      },
      tunnel: {
        answers: watchers.tunnel.answersWithin(1_000),
        gapMs: watchers.tunnel.longestGapMs(sinceMs),
      },
      addressGapMs: watchers.address.longestGapMs(sinceMs),
      message,
      pages,
    });
  }, refreshMs);

  const actions: Record<string, () => Promise<string>> = {
    p: async () => {
      const node = active();
      await lab.powerOff(node);
      return `${node} has lost its power. Bring it back with b.`;
    },
    c: async () => {
      const node = active();
      await lab.cut(node);
      return `The cable of ${node} is cut. Mend it with b.`;
    },
    f: async () => {
      const node = active();
      await signalHeartbeat(lab, node, 'STOP');
      return `The heartbeat of ${node} is frozen; its lease ends within seconds. Thaw it with b.`;
    },
    s: async () => {
      const node = active();
      await tandem(lab, node, ['switchover']);
      return `${node} has handed over.`;
    },
    b: async () => {
      for (const node of ['node-a', 'node-b'] as const) await bringBack(lab, node, nodes[node]);
      return 'Everything is back.';
    },
  };

  await new Promise<void>((resolve) => {
    const onKey = (_: string, key: { name?: string; ctrl?: boolean }): void => {
      if (key.name === 'q' || (key.ctrl === true && key.name === 'c')) {
        process.stdin.off('keypress', onKey);
        resolve();
        return;
      }
      const action = actions[key.name ?? ''];
      if (action === undefined || busy) return;
      busy = true;
      sinceMs = Date.now();
      message = 'Working…';
      void action()
        .then((said) => {
          message = said;
        })
        .catch((error: unknown) => {
          message = error instanceof Error ? error.message : String(error);
        })
        .finally(() => {
          busy = false;
        });
    };
    emitKeypressEvents(process.stdin);
    process.stdin.setRawMode(true);
    process.stdin.resume();
    process.stdin.on('keypress', onKey);
  });

  clearInterval(timer);
  process.stdin.setRawMode(false);
  process.stdin.pause();
  for (const watch of Object.values(nodes)) watch.stop();
  leave();
}

async function bringBack(lab: Lab, node: NodeName, watch: NodeWatch): Promise<void> {
  const state = lab.list().hosts.find((host) => host.name === node);
  if (state?.power === 'off') {
    await lab.powerOn(node);
    watch.start();
  }
  if (state?.cut === true) await lab.mend(node);
  await signalHeartbeat(lab, node, 'CONT');
}

/** To the heartbeat's own process, found among the node's. */
async function signalHeartbeat(lab: Lab, node: NodeName, signal: 'STOP' | 'CONT'): Promise<void> {
  const found = await lab.exec(node, ['pgrep', '-f', 'main.ts heartbeat run'], { timeoutMs: 5_000 });
  const pids = found.stdout.split('\n').filter((line) => /^\d+$/.test(line));
  if (pids.length > 0) await lab.exec(node, ['kill', `-${signal}`, ...pids], { timeoutMs: 5_000 });
}
