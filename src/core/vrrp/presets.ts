/** How fast a pair notices that the active node is gone. */
export interface TimingPreset {
  readonly name: 'fast' | 'standard' | 'tolerant';
  readonly advertisementIntervalMs: number;
  readonly leaseSeconds: number;
  readonly words: string;
}

export const timingPresets: readonly TimingPreset[] = [
  {
    name: 'fast',
    advertisementIntervalMs: 100,
    leaseSeconds: 2,
    words: 'for a quiet LAN and machines that are never paused',
  },
  {
    name: 'standard',
    advertisementIntervalMs: 1_000,
    leaseSeconds: 2,
    words: 'for most networks, also virtual ones',
  },
  {
    name: 'tolerant',
    advertisementIntervalMs: 3_000,
    leaseSeconds: 9,
    words: 'for machines that are moved or paused for seconds',
  },
];

/** RFC 9568 §6.1: three intervals of silence; a pair waits for no skew. Milliseconds. */
export function detectionMs(advertisementIntervalMs: number): number {
  return 3 * advertisementIntervalMs;
}

/** Until a client that is called goes on, at the longest: the silence and, measured in the lab, a tenth of a second. */
export function clientOutageMs(advertisementIntervalMs: number): number {
  return detectionMs(advertisementIntervalMs) + 100;
}
