import type { Policy } from '../../core/authentication/receiver.ts';
import { parsePrefix } from '../../core/net/prefix.ts';
import { type AuthenticationConfig, keyBytes } from '../config/protocol.ts';
import type { Config } from '../config/schema.ts';
import { CarpWire } from './carp.ts';
import { vrrp2Wire, vrrp3Wire } from './plain.ts';
import { SignedWire } from './signed.ts';
import type { Wire } from './wire.ts';

/** The one place that knows which wire a configuration asks for. `before`: whose memory of what was heard goes on. */
export function chooseWire(config: Config, before?: Wire): Wire {
  const { protocol, carp, authentication, vhid } = config;
  const virtual = parsePrefix(config.virtualAddresses[0] ?? '')?.address;
  if (protocol === 'carp' && carp !== undefined && virtual !== undefined) {
    const { password, refuseReplays, ...parameters } = carp;
    return new CarpWire(
      { vhid, virtual, parameters, password, refuseReplays },
      before instanceof CarpWire ? before : undefined,
    );
  }
  const plain = protocol === 'vrrp2' ? vrrp2Wire() : vrrp3Wire(config.checksum);
  if (authentication === undefined) return plain;
  const policy = policyOf(config, authentication);
  return new SignedWire({ plain, policy, vrid: vhid }, before instanceof SignedWire ? before : undefined);
}

function policyOf(
  { advertisementIntervalMs }: Config,
  { keys, activeKey, mode, windowSeconds }: AuthenticationConfig,
): Policy {
  return {
    keys: keys.map(({ id, key }) => ({ id, bytes: keyBytes(key) ?? new Uint8Array() })),
    activeKey,
    mode,
    windowSeconds: windowSeconds ?? Math.max(5, Math.ceil((3 * advertisementIntervalMs) / 1000)),
  };
}
