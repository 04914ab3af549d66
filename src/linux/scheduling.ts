import { readdirSync, readFileSync } from 'node:fs';
import { must } from './libc.ts';
import { SystemCallError } from './system-call-error.ts';

const SCHED_FIFO = 1;
/** Children, such as hooks, start with ordinary scheduling. */
const SCHED_RESET_ON_FORK = 0x40000000;
/** Above everything ordinary, below the threads of the kernel (50): sched(7). */
const PRIORITY = 20;
/** Lock pages when they are first touched, instead of reading the whole program from disk. */
const MLOCK_ONFAULT = 1;

/** What was granted; `notes` says in words what was not, and what it means. */
export interface Scheduling {
  readonly realTime: boolean;
  readonly memoryLocked: boolean;
  readonly notes: readonly string[];
}

/** Asks for real-time scheduling of all threads of this process and for its program to stay in memory. */
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
  const refusedLock = attempt(lockProgram);
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

/**
 * Locks the program, its libraries, heap and stack. Not V8's own pages: when it gives some back it dies of a
 * madvise(MADV_DONTNEED) that fails, as it does on locked memory, so mlockall(2) would end the process one day.
 */
function lockProgram(): void {
  for (const line of readFileSync('/proc/self/maps', 'utf8').split('\n')) {
    const mapping = /^([0-9a-f]+)-([0-9a-f]+) r\S+ \S+ \S+ \d+ +(\/|\[heap\]|\[stack\])/.exec(line);
    if (mapping === null) continue;
    const start = BigInt(`0x${mapping[1]}`);
    must('mlock2', 'lock the memory', start, BigInt(`0x${mapping[2]}`) - start, MLOCK_ONFAULT);
  }
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
