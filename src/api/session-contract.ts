import { z } from 'zod';

/** A client that is connected. What is null was not heard. Times are ISO 8601. */
export interface SessionView {
  /** For `DELETE /sessions/:id`; valid while the session lasts. */
  readonly id: string;
  readonly user: string;
  readonly profile: string;
  /** The server process: `udp`, `tcp`, `udp-2`. */
  readonly process: string;
  readonly realAddress: string;
  readonly realPort: number;
  readonly vpnAddress: string;
  readonly since: string;
  /** Through the tunnel, from the client and to the client. Null on a standby. */
  readonly bytesReceived: number | null;
  readonly bytesSent: number | null;
  readonly clientVersion: string | null;
  readonly clientPlatform: string | null;
  /** What is known against the client's version; null when nothing is. */
  readonly advice: string | null;
}
const sessionSchema: z.ZodType<SessionView> = z.object({
  id: z.string(),
  user: z.string(),
  profile: z.string(),
  process: z.string(),
  realAddress: z.string(),
  realPort: z.int(),
  vpnAddress: z.string(),
  since: z.string(),
  bytesReceived: z.number().nullable(),
  bytesSent: z.number().nullable(),
  clientVersion: z.string().nullable(),
  clientPlatform: z.string().nullable(),
  advice: z.string().nullable(),
});

/** `from`: the node that answers serves these clients itself, or knows of them from the other node. */
export interface SessionListView {
  readonly from: 'here' | 'peer';
  readonly sessions: readonly SessionView[];
}
export const sessionListSchema: z.ZodType<SessionListView> = z.object({
  from: z.enum(['here', 'peer']),
  sessions: z.array(sessionSchema),
});

/** The client is told the reason and ends; it may be started again. To keep a user away: block. */
export interface DisconnectRequest {
  readonly reason: string;
}
export const disconnectSchema: z.ZodType<DisconnectRequest> = z.strictObject({
  reason: z
    .string()
    .min(1)
    .max(100)
    .regex(/^[\x20-\x7e]*$/),
});
export interface DisconnectAnswer {
  readonly disconnected: number;
}
export const disconnectAnswerSchema: z.ZodType<DisconnectAnswer> = z.object({ disconnected: z.int() });
