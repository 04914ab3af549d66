import { z } from 'zod';
import { pairProtocols } from '../core/vrrp/pair-protocol.ts';
import { sharedIpv6Schema } from '../settings/pair.ts';
import {
  type FollowerView,
  type FollowingView,
  followerSchema,
  followingSchema,
} from './follower-contract.ts';

/** The shapes the API answers with; the command and, later, the web read the same. Times are ISO 8601. */
interface PositionView {
  readonly epoch: number;
  readonly sequence: number;
}

export interface StatusView {
  readonly node: string;
  readonly address: string;
  readonly role: 'active' | 'standby' | 'follower';
  readonly since: string;
  readonly epoch: number;
  readonly position: PositionView;
  /** The standby has acknowledged everything this node has acknowledged. Only an active node can know. */
  readonly protected: boolean;
  /** `require`: changes are refused while the pair is not protected. */
  readonly protection: 'prefer' | 'require';
  readonly virtualAddress: { readonly address: string; readonly held: boolean } | null;
  /** The heartbeat's own status object, whole; null when it does not run or does not answer. */
  readonly heartbeat: unknown;
  readonly peer: {
    readonly name: string;
    readonly address: string;
    readonly connected: boolean;
    readonly position: PositionView | null;
    readonly lagEntries: number | null;
    readonly lagMs: number | null;
    /** Change data that did not go out yet. */
    readonly unsentBytes: number | null;
    /** While a whole copy is under way: how much of it went out. */
    readonly copying: { readonly sentBytes: number; readonly totalBytes: number } | null;
    readonly protectedSince: string | null;
    /** The version of Tandem there. */
    readonly version: string | null;
    readonly sentence: string;
  } | null;
  readonly followers: readonly FollowerView[];
  /** On a follower: whom it follows. */
  readonly following: FollowingView | null;
  /** When the copies were last compared, and what came of it. */
  readonly verification: {
    readonly at: string;
    readonly result: 'compared' | 'sound' | 'different' | 'failed';
    /** `epoch.sequence` at which was looked. */
    readonly position: string | null;
    readonly sentence: string;
  } | null;
  readonly openvpn: readonly {
    readonly name: string;
    readonly protocol: string;
    readonly port: number;
    readonly clients: number;
    /** Null while it does not answer, as its version. */
    readonly pid: number | null;
    readonly version: string | null;
  }[];
  readonly sentence: string;
  readonly warnings: readonly string[];
  /** What could be better though nothing is wrong, such as a version with known holes. */
  readonly advice: readonly string[];
  readonly at: string;
}

const positionSchema: z.ZodType<PositionView> = z.object({ epoch: z.int(), sequence: z.int() });

export type VerificationView = NonNullable<StatusView['verification']>;
export const verificationSchema: z.ZodType<VerificationView> = z.object({
  at: z.string(),
  result: z.enum(['compared', 'sound', 'different', 'failed']),
  position: z.string().nullable(),
  sentence: z.string(),
});

export const statusSchema: z.ZodType<StatusView> = z.object({
  node: z.string(),
  address: z.string(),
  role: z.enum(['active', 'standby', 'follower']),
  since: z.string(),
  epoch: z.int(),
  position: positionSchema,
  protected: z.boolean(),
  protection: z.enum(['prefer', 'require']),
  virtualAddress: z.object({ address: z.string(), held: z.boolean() }).nullable(),
  heartbeat: z.unknown(),
  peer: z
    .object({
      name: z.string(),
      address: z.string(),
      connected: z.boolean(),
      position: positionSchema.nullable(),
      lagEntries: z.int().nullable(),
      lagMs: z.number().nullable(),
      unsentBytes: z.int().nullable(),
      copying: z.object({ sentBytes: z.int(), totalBytes: z.int() }).nullable(),
      protectedSince: z.string().nullable(),
      version: z.string().nullable(),
      sentence: z.string(),
    })
    .nullable(),
  followers: z.array(followerSchema),
  following: followingSchema.nullable(),
  verification: verificationSchema.nullable(),
  openvpn: z.array(
    z.object({
      name: z.string(),
      protocol: z.string(),
      port: z.int(),
      clients: z.int(),
      pid: z.int().nullable(),
      version: z.string().nullable(),
    }),
  ),
  sentence: z.string(),
  warnings: z.array(z.string()),
  advice: z.array(z.string()),
  at: z.string(),
});

/** Every answer to a change says whether the change is on both disks. */
export interface WriteAnswer {
  readonly protected: boolean;
}
export const writeAnswerSchema: z.ZodType<WriteAnswer> = z.object({ protected: z.boolean() });

/** What can be said of a user or a group; what is left out is not said there. Times are ISO 8601. */
export interface PropertiesView {
  readonly administrator?: boolean | undefined;
  /** May see what an administrator sees, and change nothing. */
  readonly readOnly?: boolean | undefined;
  readonly blocked?: boolean | undefined;
  /** Null: never. */
  readonly expiresAt?: string | null | undefined;
  readonly autoLogin?: boolean | undefined;
  readonly oneTimeCode?: boolean | undefined;
  readonly routes?: readonly string[] | undefined;
  /** Null: everything that is routed. */
  readonly access?: readonly string[] | null | undefined;
}
const propertiesSchema: z.ZodType<PropertiesView> = z.object({
  administrator: z.boolean().optional(),
  readOnly: z.boolean().optional(),
  blocked: z.boolean().optional(),
  expiresAt: z.string().nullable().optional(),
  autoLogin: z.boolean().optional(),
  oneTimeCode: z.boolean().optional(),
  routes: z.array(z.string()).optional(),
  access: z.array(z.string()).nullable().optional(),
});

/** What counts for a user, and in `own` what is said of this user alone: user before group before default. */
export interface UserView {
  readonly name: string;
  /** Null: in no group but `default`. */
  readonly group: string | null;
  readonly blocked: boolean;
  readonly administrator: boolean;
  readonly role: 'administrator' | 'read-only' | 'user';
  /** Null: never. */
  readonly expiresAt: string | null;
  /** After too many wrong passwords or codes; null when not locked out now. */
  readonly lockedUntil: string | null;
  /** Whether the user has a key for one-time codes. */
  readonly oneTimeCode: boolean;
  /** Whether a one-time code is asked of this user even without a key: then nobody gets in before one is made. */
  readonly oneTimeCodeRequired: boolean;
  readonly autoLogin: boolean;
  readonly routes: readonly string[];
  /** Null: everything that is routed. */
  readonly access: readonly string[] | null;
  readonly own: PropertiesView;
  readonly createdAt: string;
  /** Null while it is the first one. */
  readonly passwordChangedAt: string | null;
  readonly profiles: readonly {
    readonly name: string;
    /** `auto-login`: no password is asked. */
    readonly kind: 'user-locked' | 'auto-login';
    readonly vpnAddress: string | null;
    readonly certificateExpiresAt: string;
  }[];
}
export const userSchema: z.ZodType<UserView> = z.object({
  name: z.string(),
  group: z.string().nullable(),
  blocked: z.boolean(),
  administrator: z.boolean(),
  role: z.enum(['administrator', 'read-only', 'user']),
  expiresAt: z.string().nullable(),
  lockedUntil: z.string().nullable(),
  oneTimeCode: z.boolean(),
  oneTimeCodeRequired: z.boolean(),
  autoLogin: z.boolean(),
  routes: z.array(z.string()),
  access: z.array(z.string()).nullable(),
  own: propertiesSchema,
  createdAt: z.string(),
  passwordChangedAt: z.string().nullable(),
  profiles: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(['user-locked', 'auto-login']),
      vpnAddress: z.string().nullable(),
      certificateExpiresAt: z.string(),
    }),
  ),
});
export interface UserListView {
  readonly users: readonly UserView[];
  /** How many there are that fit, of which the answer may hold a part. */
  readonly total: number;
}
export const userListSchema: z.ZodType<UserListView> = z.object({
  users: z.array(userSchema),
  total: z.int(),
});

/** What is to be said of a user or a group from now on; what is not named stays. */
interface PropertyChangesRequest {
  readonly administrator?: boolean | undefined;
  /** May see what an administrator sees, and change nothing. */
  readonly readOnly?: boolean | undefined;
  readonly autoLogin?: boolean | undefined;
  readonly oneTimeCode?: boolean | undefined;
  /** Null: never. */
  readonly expiresAt?: string | null | undefined;
  readonly routes?: readonly string[] | undefined;
  readonly access?: readonly string[] | null | undefined;
  /** Nothing is said of these any more, so that the group's word or everybody's counts. */
  readonly inherit?: readonly InheritableName[] | undefined;
}
const inheritableNames = [
  'administrator',
  'readOnly',
  'autoLogin',
  'oneTimeCode',
  'expiresAt',
  'routes',
  'access',
  'blocked',
] as const;
export type InheritableName = (typeof inheritableNames)[number];

const propertyChanges = {
  administrator: z.boolean().optional(),
  readOnly: z.boolean().optional(),
  autoLogin: z.boolean().optional(),
  oneTimeCode: z.boolean().optional(),
  expiresAt: z.iso.datetime().nullable().optional(),
  routes: z.array(z.string().max(64)).max(256).optional(),
  access: z.array(z.string().max(256)).max(256).nullable().optional(),
  inherit: z.array(z.enum(inheritableNames)).max(inheritableNames.length).optional(),
};

/** What is to be changed of a user; what is not named stays. */
export interface UserChangesRequest extends PropertyChangesRequest {
  /** Null: in no group but `default`. */
  readonly group?: string | null | undefined;
  readonly address?: { readonly profile: string; readonly ipv4: string } | undefined;
}
export const userChangesSchema: z.ZodType<UserChangesRequest> = z.strictObject({
  ...propertyChanges,
  group: z.string().max(64).nullable().optional(),
  address: z.strictObject({ profile: z.string().max(64), ipv4: z.string().max(64) }).optional(),
});

/** A group; `default` is everybody's and always there. */
export interface GroupView {
  readonly name: string;
  readonly properties: PropertiesView;
  readonly members: readonly string[];
}
export const groupSchema: z.ZodType<GroupView> = z.object({
  name: z.string(),
  properties: propertiesSchema,
  members: z.array(z.string()),
});
export interface GroupListView {
  readonly groups: readonly GroupView[];
}
export const groupListSchema: z.ZodType<GroupListView> = z.object({ groups: z.array(groupSchema) });

export interface GroupChangesRequest extends PropertyChangesRequest {
  readonly blocked?: boolean | undefined;
}
export const groupChangesSchema: z.ZodType<GroupChangesRequest> = z.strictObject({
  ...propertyChanges,
  blocked: z.boolean().optional(),
});

/** The key of a user's one-time codes, for the authenticator app of that user alone. */
export interface OneTimeKeyAnswer extends WriteAnswer {
  readonly key: string;
  readonly uri: string;
  readonly created: boolean;
}
export const oneTimeKeyAnswerSchema: z.ZodType<OneTimeKeyAnswer> = z.object({
  protected: z.boolean(),
  key: z.string(),
  uri: z.string(),
  created: z.boolean(),
});

export interface ProfileAnswer extends WriteAnswer {
  readonly commonName: string;
  readonly vpnAddress: string;
  readonly profile: string;
}
export const profileAnswerSchema: z.ZodType<ProfileAnswer> = z.object({
  protected: z.boolean(),
  commonName: z.string(),
  vpnAddress: z.string(),
  profile: z.string(),
});

export interface SwitchoverAnswer {
  readonly from: string;
  readonly to: string;
  readonly clientsTold: number;
}
export const switchoverAnswerSchema: z.ZodType<SwitchoverAnswer> = z.object({
  from: z.string(),
  to: z.string(),
  clientsTold: z.int(),
});

/** Makes the pair: `peer` is reached once by SSH with a password that is not kept. */
export interface FailoverRequest {
  readonly virtualAddress: string;
  readonly vhid: number;
  readonly advertisementIntervalMs: number;
  readonly leaseSeconds: number;
  /** A shared IPv6 address beside the other one, with its prefix length. */
  readonly address6?: string | undefined;
  /** `vrrp3` when it is left out. It stays as long as the pair does, as the next one. */
  readonly protocol?: 'vrrp3' | 'vrrp2' | 'carp' | undefined;
  /** The shared addresses get the hardware address of the virtual router. */
  readonly virtualMac?: boolean | undefined;
  readonly peer: {
    readonly address: string;
    readonly port: number;
    readonly user: string;
    /** One of the two. */
    readonly password?: string | undefined;
    readonly privateKey?: string | undefined;
    /** Of its SSH host key, as it was confirmed: another key gets no password. Without it the first one is taken. */
    readonly hostKeyFingerprint?: string | undefined;
  };
}
export const hostKeyFingerprintSchema: z.ZodType<string> = z
  .string()
  .regex(/^SHA256:[A-Za-z0-9+/]{43}$/, 'not a fingerprint such as ssh-keygen -l shows');
export const failoverRequestSchema: z.ZodType<FailoverRequest> = z.strictObject({
  virtualAddress: z.cidrv4(),
  vhid: z.int().min(1).max(255),
  advertisementIntervalMs: z.int().min(10).max(40_950).multipleOf(10),
  leaseSeconds: z.int().min(1).max(60),
  address6: sharedIpv6Schema.optional(),
  protocol: z.enum(pairProtocols).optional(),
  virtualMac: z.boolean().optional(),
  peer: z.strictObject({
    address: z.ipv4(),
    port: z.int().min(1).max(65_535),
    user: z.string().min(1).max(64),
    password: z.string().min(1).max(4_096).optional(),
    privateKey: z.string().min(1).max(16_384).optional(),
    hostKeyFingerprint: hostKeyFingerprintSchema.optional(),
  }),
});

export interface FailoverAnswer extends WriteAnswer {
  readonly peer: string;
  readonly virtualAddress: string;
  readonly hostKeyFingerprint: string;
}
export const failoverAnswerSchema: z.ZodType<FailoverAnswer> = z.object({
  protected: z.boolean(),
  peer: z.string(),
  virtualAddress: z.string(),
  hostKeyFingerprint: z.string(),
});
