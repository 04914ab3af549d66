import type { ChecksumPolicy } from '../../core/vrrp/codec.ts';
import { encode } from '../../core/vrrp/codec.ts';
import { encodeV2 } from '../../core/vrrp/codec-v2.ts';
import type { Wire } from './wire.ts';

/** VRRP version 3 without authentication. */
export function vrrp3Wire(checksum: ChecksumPolicy): Wire {
  return {
    encoders: (advertisement) => [(path) => encode(advertisement, { ...path, checksum })],
    open: (datagram) => ({ datagram }),
    clockDifferences: [],
  };
}

/** VRRP version 2 without authentication. */
export function vrrp2Wire(): Wire {
  return {
    encoders: (advertisement) => [() => encodeV2(advertisement)],
    open: (datagram) => ({ datagram }),
    clockDifferences: [],
  };
}
