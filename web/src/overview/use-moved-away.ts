import { useEffect, useRef } from 'react';
import { sayDone } from '../look/said.ts';
import type { StatusView } from '../status/status.ts';

/**
 * The answer to a request that moves the shared address may go with the address. That another node answers there is the
 * answer then.
 */
export function useMovedAway(status: StatusView, onMoved: () => void): void {
  const before = useRef(status.node);
  const { node } = status;
  useEffect(() => {
    if (node === before.current) return;
    sayDone(`${node} is active now; ${before.current} handed over.`);
    before.current = node;
    onMoved();
  }, [node, onMoved]);
}
