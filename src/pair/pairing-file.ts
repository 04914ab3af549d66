import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

/**
 * What a failover node remembers between being paired and having its first copy: which pair it belongs to. From then on
 * the setting `pair` says it all.
 */
export interface PairingFile {
  readonly pairId: string;
  /** The primary's when the pair was made; its first claim in the pair begins a later one. */
  readonly epoch: number;
  readonly peer: { readonly nodeId: string; readonly name: string; readonly address: string };
}

const pairingFileSchema: z.ZodType<PairingFile> = z.object({
  pairId: z.uuid(),
  epoch: z.int().nonnegative().default(0),
  peer: z.object({ nodeId: z.uuid(), name: z.string(), address: z.ipv4() }),
});

export function readPairingFile(path: string): PairingFile | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  return pairingFileSchema.parse(JSON.parse(text));
}

export function writePairingFile(path: string, pairing: PairingFile): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(pairing, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
