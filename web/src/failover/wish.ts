import type { FailoverRequest, FailoverView } from './failover.ts';

/** What is typed into the page, before it is a request. */
export interface Wish {
  readonly virtualAddress: string;
  readonly vhid: number;
  readonly advertisementIntervalMs: number;
  readonly leaseSeconds: number;
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

export function firstWish({ presets }: FailoverView): Wish {
  const preset = presets.find(({ name }) => name === 'standard') ?? presets[0];
  return {
    virtualAddress: '',
    vhid: usualVhid,
    advertisementIntervalMs: preset?.advertisementIntervalMs ?? 1_000,
    leaseSeconds: preset?.leaseSeconds ?? 2,
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
  const { virtualAddress, vhid, advertisementIntervalMs, leaseSeconds, address, port, user, proof } = wish;
  return {
    // Who types the bare address means the LAN of this node.
    virtualAddress: virtualAddress.includes('/') ? virtualAddress : `${virtualAddress}/${prefixLength}`,
    vhid,
    advertisementIntervalMs,
    leaseSeconds,
    peer: {
      address,
      port,
      user,
      ...(isOf(key, wish) ? { hostKeyFingerprint: key.fingerprint, [proof]: wish[proof] } : {}),
    },
  };
}
