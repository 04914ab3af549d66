import { readFileSync } from 'node:fs';
import { decode, NEW_DECODER } from '../../../src/core/openvpn/management/decode.ts';
import type { ManagementMessage } from '../../../src/core/openvpn/management/messages.ts';

/** What a real OpenVPN 2.6.14 wrote to its management socket, recorded. */
export function recording(name: string): string {
  return readFileSync(new URL(`transcripts/${name}.txt`, import.meta.url), 'utf8');
}

export function decodeAll(chunks: readonly string[]): ManagementMessage[] {
  let decoder = NEW_DECODER;
  const all: ManagementMessage[] = [];
  for (const chunk of chunks) {
    const step = decode(decoder, chunk);
    decoder = step.decoder;
    all.push(...step.messages);
  }
  return all;
}
