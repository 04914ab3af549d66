import { z } from 'zod';
import type { HeartbeatStatus } from '../heartbeat-client.ts';

/** Whether a standby would take over now, as it says itself. */
export interface Readiness {
  readonly ready: boolean;
  /** Half a sentence: `its heartbeat does not answer`; empty where it is ready. */
  readonly why: string;
}

export const readinessSchema: z.ZodType<Readiness> = z.object({
  ready: z.boolean(),
  why: z.string().max(1_000),
});

/** Of a standby, from what its heartbeat says; undefined while that does not answer. */
export function readinessOf(heartbeat: HeartbeatStatus | undefined): Readiness {
  const not = (why: string): Readiness => ({ ready: false, why: why.slice(0, 1_000) });
  if (heartbeat === undefined) return not('its heartbeat does not answer');
  const { state, standing, effectivePriority, sentence } = heartbeat;
  if (state !== 'standby') return not(`its heartbeat is not standby: ${sentence}`);
  const reasons = effectivePriority?.reasons.join('; ') ?? '';
  if (standing === 'last') return not(`it would serve only as a last resort: ${reasons}`);
  if (standing === 'follow') return not(`it would not take over by itself: ${reasons}`);
  return { ready: true, why: '' };
}
