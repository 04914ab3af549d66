import { TandemError } from '../core/errors.ts';
import type { HeartbeatClient } from './heartbeat-client.ts';

/**
 * In maintenance a node takes over only if nobody else serves; an active one hands over first.
 * @throws TandemError `pair.maintenance.refused`, and what handing over and the heartbeat throw
 */
export async function setMaintenance(
  node: { readonly serves: boolean; switchOver(): Promise<unknown> },
  parts: { readonly on: boolean; readonly name: string; readonly heartbeat: HeartbeatClient },
): Promise<{ handedOver: boolean }> {
  const { on, name, heartbeat } = parts;
  const handedOver = on && node.serves;
  if (handedOver) await node.switchOver();
  const { ok, error } = await heartbeat.maintenance(on);
  if (ok) return { handedOver };
  throw new TandemError({
    code: 'pair.maintenance.refused',
    culprit: 'operator',
    message: `The maintenance of ${name} was not changed: ${error?.message ?? 'its heartbeat refused it'}.`,
    hint: 'See: tandem status',
  });
}
