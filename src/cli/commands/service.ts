import type { Command } from 'commander';
import { z } from 'zod';
import { TandemError } from '../../core/errors.ts';
import { paths } from '../../settings/paths.ts';
import { callApi } from '../api-client.ts';
import { addReplicaCommands } from './replica.ts';

const longestWaitMs = 600_000;

/** What systemd and the other node start, not people. */
export function addServiceCommands(program: Command): void {
  program
    .command('run')
    .description('run the node in the foreground (what the systemd service does)')
    .action(async () => {
      const { runSupervisor } = await import('../../supervisor/run.ts');
      process.exitCode = await runSupervisor();
    });

  program
    .command('wait-ready')
    .description('wait until the service of this node answers')
    .option('--timeout-ms <ms>', 'give up after', '30000')
    .action(async (options: { timeoutMs: string }) => {
      const timeoutMs = z.coerce.number().int().min(1).max(longestWaitMs).parse(options.timeoutMs);
      await waitReady(performance.now() + timeoutMs);
    });

  const replica = program
    .command('replica')
    .description("the other node's copy, and what one node alone had after a split");
  addReplicaCommands(program, replica);
  replica.command('feed <follower>', { hidden: true }).action(async (follower: string) => {
    const { runReplicaBridge } = await import('../../replication/bridge.ts');
    end(
      runReplicaBridge({
        socketPath: paths.followerSocket,
        preface: `${follower}\n`,
        input: 0,
        output: 1,
        stderr: process.stderr,
      }),
    );
  });
  replica.command('receive', { hidden: true }).action(async () => {
    const { runReplicaBridge } = await import('../../replication/bridge.ts');
    end(
      runReplicaBridge({
        socketPath: paths.replicationSocket,
        input: 0,
        output: 1,
        stderr: process.stderr,
      }),
    );
  });
}

async function waitReady(deadline: number): Promise<void> {
  for (;;) {
    try {
      await callApi('GET', '/status');
      return;
    } catch (error) {
      const passing = error instanceof TandemError && error.code === 'api.unreachable';
      if (!passing || performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/**
 * At once: a bridge ends when this node takes over, and what the engine puts in order before an end of its own, after all the time in which
 * it had no turn, costs the processor tens of milliseconds that clients wait for.
 */
function end(code: number): never {
  process.exit(code);
}
