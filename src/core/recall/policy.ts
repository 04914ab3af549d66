import { isIpv6LinkLocal, isMulticast, parseAddress } from '../net/address.ts';

/**
 * Whether a client of that version comes back when it is recalled. Measured for 2.6 and 2.7: back at once. 2.5 and older
 * begin a session that never gets keys, which costs them a second more; OpenVPN 3 ignores the packet. Whoever is not known
 * to come back is left to `ping-restart`, so that nobody is worse off than without.
 *
 * @param version `IV_VER` of the client's peer info, as `2.6.14`; undefined where it was not heard
 */
export function comesBackWhenRecalled(version: string | undefined): boolean {
  return version !== undefined && /^2\.[67](\D|$)/.test(version);
}

/** Whether one packet to this destination goes to one host somewhere else: no broadcast, multicast or local address. */
export function isOneHost(address: string): boolean {
  const parsed = parseAddress(address);
  if (parsed === undefined) return false;
  // Neither `::`, `::1` nor an IPv4 address in IPv6's clothes; a link-local one says nothing without its interface.
  if (parsed.family === 6)
    return (
      parsed.bytes.slice(0, 8).some((byte) => byte !== 0) && !isMulticast(parsed) && !isIpv6LinkLocal(parsed)
    );
  const first = parsed.bytes[0] ?? 0;
  return first !== 0 && first !== 127 && first < 224;
}
