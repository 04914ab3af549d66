import type { Forgery } from '../../core/authentication/receiver.ts';
import type { IpAddress } from '../../core/net/address.ts';
import type { Datagram } from '../../core/net/ipv4-packet.ts';
import type { Advertisement } from '../../core/vrrp/codec.ts';

/** Between the protocol and the network: bytes of one dialect, and whatever proves who sent them. */
export interface Wire {
  /** One packet for one path. Each call is a packet of its own, never a copy of the one before. */
  encode(
    advertisement: Advertisement,
    path: { readonly source: IpAddress; readonly destination: IpAddress },
  ): Uint8Array;
  /** What arrived as the protocol is to see it, and why it is not authentic if it is not. */
  open(datagram: Datagram): { readonly datagram: Datagram; readonly forgery?: Forgery | undefined };
}
