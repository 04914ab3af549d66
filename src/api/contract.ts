import { z } from 'zod';
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
    /** Whether it would take over, as it said a moment ago; null where that is not known. Only an active node can know. */
    readonly ready: boolean | null;
    readonly readiness: string;
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
      ready: z.boolean().nullable(),
      readiness: z.string(),
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

/** The one profile with which every user may log in. */
export interface GenericProfileAnswer extends WriteAnswer {
  readonly profile: string;
}
export const genericProfileAnswerSchema: z.ZodType<GenericProfileAnswer> = z.object({
  protected: z.boolean(),
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
