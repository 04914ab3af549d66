/** Variables that OpenVPN hands over about a client. The password is never among them. */
type Environment = ReadonlyMap<string, string>;

/** Numbers of a client (for its life) and of a key negotiation, as the management interface counts them. */
type ClientId = number;
type KeyId = number;

/** A client that asks to be let in. OpenVPN waits for `client-auth` or `client-deny` with the same numbers. */
export interface LoginRequest {
  readonly type: 'login';
  /** `reauth` when a client that is already in negotiates new keys. */
  readonly kind: 'connect' | 'reauth';
  readonly cid: ClientId;
  readonly kid: KeyId;
  readonly env: Environment;
  /** A function, so that nothing that prints or serialises the message shows what it returns. */
  readonly password: () => string;
}

export interface ClientEstablished {
  readonly type: 'established';
  readonly cid: ClientId;
  readonly env: Environment;
}

interface ClientDisconnected {
  readonly type: 'disconnected';
  readonly cid: ClientId;
  readonly env: Environment;
}

/** Why something that OpenVPN sent was thrown away; each is counted by whoever reads. */
export type DropReason =
  | 'line-too-long'
  | 'malformed'
  | 'environment-too-large'
  | 'environment-without-event'
  | 'event-without-environment'
  | 'unknown-notification';

/** One thing that the management interface says. */
export type ManagementMessage =
  | LoginRequest
  | ClientEstablished
  | ClientDisconnected
  | { readonly type: 'address'; readonly cid: ClientId; readonly address: string; readonly primary: boolean }
  | {
      readonly type: 'bytecount';
      readonly cid: ClientId;
      readonly bytesReceived: number;
      readonly bytesSent: number;
    }
  | { readonly type: 'hold'; readonly text: string }
  | { readonly type: 'state'; readonly timeSeconds: number; readonly state: string; readonly detail: string }
  | { readonly type: 'log'; readonly timeSeconds: number; readonly flags: string; readonly text: string }
  | { readonly type: 'info'; readonly text: string }
  | { readonly type: 'fatal'; readonly text: string }
  | { readonly type: 'reply'; readonly line: string }
  | { readonly type: 'dropped'; readonly reason: DropReason };
