import { fromHex, toHex } from '../core/bytes/hex.ts';
import type { Instant } from '../core/time/instant.ts';
import type { Input } from '../core/vrrp/inputs.ts';
import type { State } from '../core/vrrp/state.ts';

/**
 * What a recording consists of, one JSON object per line: first the state of the protocol at its beginning, then every
 * input with the time at which it was carried out. Replayed on the same version it gives the same trace.
 */
export type RecordedLine =
  | { readonly recording: typeof RECORDING_VERSION; readonly at: Instant; readonly state: State }
  | { readonly at: Instant; readonly input: Input };

export const RECORDING_VERSION = 1;

export function encodeLine(line: RecordedLine): string {
  return `${JSON.stringify(line, (_key, value: unknown) => (value instanceof Uint8Array ? { hex: toHex(value) } : value))}\n`;
}

/** Undefined for a line that is none. */
export function decodeLine(text: string): RecordedLine | undefined {
  try {
    const value: unknown = JSON.parse(text, (_key, part: unknown) => bytesOf(part) ?? part);
    if (typeof value !== 'object' || value === null || !('at' in value)) return undefined;
    return 'input' in value || ('recording' in value && value.recording === RECORDING_VERSION)
      ? (value as RecordedLine)
      : undefined;
  } catch {
    return undefined;
  }
}

function bytesOf(part: unknown): Uint8Array | undefined {
  if (typeof part !== 'object' || part === null || !('hex' in part) || typeof part.hex !== 'string')
    return undefined;
  return fromHex(part.hex);
}
