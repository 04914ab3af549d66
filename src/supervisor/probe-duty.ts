import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type ProbeAnswer, type ProbeRequest, probeAnswerSchema } from '../validation/contract.ts';

const command = fileURLToPath(new URL('../../bin/tandem', import.meta.url));
const longestMs = 25_000;

/** Has a process of its own look at the LAN: raw sockets are for root, and the supervisor itself opens none. */
export function probeLan(request: ProbeRequest): Promise<ProbeAnswer> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      command,
      ['failover', 'probe'],
      { timeout: longestMs },
      (error, stdout, stderr) => {
        if (error !== null) {
          reject(new Error(`the LAN could not be looked at: ${stderr.trim() || error.message}`));
          return;
        }
        try {
          const answer: unknown = JSON.parse(stdout);
          resolve(probeAnswerSchema.parse(Object(answer).probe));
        } catch (cause) {
          reject(cause instanceof Error ? cause : new Error(String(cause)));
        }
      },
    );
    child.stdin?.end(JSON.stringify(request));
  });
}
