/** What will not go away by itself, so that trying often only fills the logs: someone must change something first. */
const settled: ReadonlySet<string> = new Set([
  'replication.protocol',
  'replication.wrong-pair',
  'replication.same-node',
  'replication.schema-older',
  'replication.host-key',
  'replication.authentication',
  'replication.key-file',
  'replication.journal-damaged',
]);

const firstMs = 100;
const longestMs = 1_000;
const longestSettledMs = 15_000;

/** How long to wait before the next attempt, after `failures` (at least 1) in a row, the last one with this code. */
export function backoffMs(failures: number, code: string): number {
  const lasting = settled.has(code);
  const doubled = (lasting ? firstMs * 10 : firstMs) * 2 ** Math.min(Math.max(failures, 1) - 1, 16);
  return Math.min(doubled, lasting ? longestSettledMs : longestMs);
}
