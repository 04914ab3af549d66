import { readdirSync } from 'node:fs';
import { must } from './libc.ts';
import { SystemCallError } from './system-call-error.ts';

const SCHED_FIFO = 1;
/** Children, such as hooks, start with ordinary scheduling. */
const SCHED_RESET_ON_FORK = 0x40000000;
/** Above everything ordinary, below the threads of the kernel (50): sched(7). */
const PRIORITY = 20;
const MCL_CURRENT = 1;
const MCL_FUTURE = 2;
/** Lock pages when they are first touched: V8 reserves gigabytes that it never uses. */
const MCL_ONFAULT = 4;

/** What was granted; `notes` says in words what was not, and what it means. */
export interface Scheduling {
  readonly realTime: boolean;
  readonly memoryLocked: boolean;
  readonly notes: readonly string[];
}

/** Asks for real-time scheduling of all threads of this process and for its pages to stay in memory. */
export function runAheadOfOthers(): Scheduling {
  const refusedFifo = attempt(() => {
    // V8's helper threads too: the main thread waits for them in a garbage collection.
    for (const thread of readdirSync('/proc/self/task')) {
      const parameters = new Uint8Array(4);
      new DataView(parameters.buffer).setInt32(0, PRIORITY, true);
      const policy = SCHED_FIFO | SCHED_RESET_ON_FORK;
      must('sched_setscheduler', 'get real-time scheduling', Number(thread), policy, parameters);
    }
  });
  const refusedLock = attempt(() => {
    must('mlockall', 'lock the memory', MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT);
  });
  return {
    realTime: refusedFifo === undefined,
    memoryLocked: refusedLock === undefined,
    notes: [
      ...(refusedFifo
        ? [`${refusedFifo}; a busy machine may delay advertisements (needs CAP_SYS_NICE)`]
        : []),
      ...(refusedLock ? [`${refusedLock}; swapping may delay advertisements (needs CAP_IPC_LOCK)`] : []),
    ],
  };
}

function attempt(action: () => void): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (error instanceof SystemCallError) return error.message;
    throw error;
  }
}
