import type { FailoverRequest, FailoverView } from './failover.ts';
import { type Tuning, tuningOf } from './tuning.ts';

/** What is typed into the page, before it is a request. */
export interface Wish extends Tuning {
  readonly virtualAddress: string;
  /** Empty: none. */
  readonly address6: string;
  readonly vhid: number;
  readonly protocol: FailoverView['protocol'];
  readonly virtualMac: boolean;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly proof: 'password' | 'privateKey';
  readonly password: string;
  readonly privateKey: string;
}

/** The host key that a person has confirmed, and of which machine. */
export interface ConfirmedKey {
  readonly address: string;
  readonly port: number;
  readonly fingerprint: string;
}

const usualVhid = 51;
const usualSshPort = 22;

export function firstWish(view: FailoverView): Wish {
  return {
    ...tuningOf(view),
    virtualAddress: '',
    address6: '',
    vhid: usualVhid,
    protocol: view.protocol,
    virtualMac: view.virtualMac,
    address: '',
    port: usualSshPort,
    user: 'root',
    proof: 'password',
    password: '',
    privateKey: '',
  };
}

/** Whether what was confirmed is the machine that is named now. */
export function isOf(key: ConfirmedKey | undefined, { address, port }: Wish): key is ConfirmedKey {
  return key !== undefined && key.address === address && key.port === port;
}

/** As the API takes it. Without a confirmed key nothing goes along that would prove who asks. */
export function requestFrom(
  wish: Wish,
  key: ConfirmedKey | undefined,
  prefixLength: number,
): FailoverRequest {
  const { virtualAddress, address6, address, port, user, proof, password, privateKey, second, ...plain } =
    wish;
  const [ownWay, peerWay] = second ?? [];
  return {
    ...plain,
    ...(address6 === '' ? {} : { address6 }),
    // Who types the bare address means the LAN of this node.
    virtualAddress: virtualAddress.includes('/') ? virtualAddress : `${virtualAddress}/${prefixLength}`,
    ...(ownWay === undefined || peerWay === undefined ? {} : { secondPath: { own: ownWay, peer: peerWay } }),
    peer: {
      address,
      port,
      user,
      ...(isOf(key, wish)
        ? { hostKeyFingerprint: key.fingerprint, [proof]: proof === 'password' ? password : privateKey }
        : {}),
    },
  };
}
