import { z } from 'zod';
import type { SessionNotice } from '../core/recall/session-fact.ts';
import type { JournalEntry } from '../core/replication/entry.ts';
import { encodeFrame, type Frame, firstOptionalType } from '../core/replication/frame.ts';
import type { Greeting } from '../core/replication/greeting.ts';
import type {
  Complaint,
  Message,
  QuarantineNotice,
  Question,
  Reply,
  SnapshotOffer,
  SurveyAnswer,
} from '../core/replication/messages.ts';
import type { Survey, Verdict } from '../core/replication/verdict.ts';

/** Type numbers of docs/formats/replication.md. A number is never given a second meaning. */
const types = {
  greeting: 1,
  complaint: 2,
  tail: 5,
  'snapshot-begin': 6,
  'snapshot-chunk': 7,
  'snapshot-end': 8,
  entry: 9,
  acknowledgement: 10,
  ping: 11,
  pong: 12,
  quarantined: 0x80,
  sessions: 0x81,
  verify: 0x82,
  verified: 0x83,
  verdict: 0x84,
  question: 0x85,
  reply: 0x86,
} as const satisfies Record<Message['kind'], number>;

const kinds = new Map<number, Message['kind']>(
  Object.entries(types).map(([kind, type]) => [type, kind as Message['kind']]),
);

/** `ignore`: a type we do not know and need not. */
export type DecodedMessage =
  | { readonly message: Message }
  | { readonly fault: 'unknown-type' | 'malformed' | 'ignore' };

const count = z.int().min(0);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const head = z.object({ position: z.object({ epoch: count, sequence: count }), hash });
const words = z.string().max(2000);
const name = z.string().min(1).max(200);

const greeting: z.ZodType<Greeting> = z.object({
  protocol: count,
  oldestProtocol: count,
  nodeId: name,
  nodeName: name,
  pairId: name,
  role: z.enum(['active', 'standby']),
  product: name,
  schema: count,
  head,
  wants: z.enum(['whatever', 'snapshot']),
});
const complaint: z.ZodType<Complaint> = z.object({
  code: z.string().regex(/^[a-z0-9.-]{1,100}$/),
  message: words,
  hint: words,
});
const tail = z.object({ after: count });
const offer: z.ZodType<SnapshotOffer> = z.object({
  bytes: count,
  head,
  reason: z.enum(['new', 'trimmed', 'asked', 'diverged']),
});
const snapshotEnd = z.object({ sha256: hash });
const notice: z.ZodType<QuarantineNotice> = z.object({ id: name, lost: count });

/** So many sessions fit into the 64 KiB of a JSON payload, whatever their names. */
export const mostSessionsPerNotice = 100;

const port = z.int().min(1).max(65_535);
const sessions: z.ZodType<SessionNotice> = z.object({
  whole: z.boolean(),
  present: z
    .array(
      z.object({
        commonName: z.string().max(64),
        address: z.union([z.ipv4(), z.ipv6()]),
        port,
        vpnAddress: z.string().max(45),
        sinceSeconds: count,
        version: z.string().max(64).optional(),
        peerId: count.optional(),
        platform: z.string().max(32).optional(),
        process: z.string().max(15).optional(),
      }),
    )
    .max(mostSessionsPerNotice),
  gone: z.array(z.string().max(64)).max(mostSessionsPerNotice),
});

const verify = z.object({ head });
const tableName = z.string().max(100);
const faults = z.array(z.string().max(400)).max(16);
const survey: z.ZodType<Survey> = z.object({
  head,
  schema: count,
  tables: z.record(tableName, hash),
  faults,
});
const surveyAnswer: z.ZodType<SurveyAnswer> = z.union([
  z.object({ survey }),
  z.object({ failed: z.string().max(500) }),
]);
const verdictKinds: z.ZodType<Verdict> = z.union([
  z.object({ kind: z.literal('equal') }),
  z.object({ kind: z.literal('incomparable'), why: words }),
  z.object({
    kind: z.literal('different'),
    damaged: z.enum(['active', 'standby', 'both', 'unknown']),
    tables: z.array(tableName).max(100),
    faults: z.array(z.string().max(400)).max(32),
  }),
]);
const question: z.ZodType<Question> = z.object({ id: count, ask: name, body: z.unknown() });
const reply: z.ZodType<Reply> = z.union([
  z.object({ id: count, refused: complaint }),
  z.object({ id: count, body: z.unknown() }),
]);
const verdict = z.object({ head, verdict: verdictKinds });

/** The frame that carries a message, as it travels. */
export function encodeMessage(message: Message): Uint8Array {
  return encodeFrame({ type: types[message.kind], payload: encodePayload(message) });
}

/** Never throws: what a peer sends is either a message or a reason. */
export function decodeMessage(frame: Frame): DecodedMessage {
  const kind = kinds.get(frame.type);
  if (kind === undefined) return { fault: frame.type >= firstOptionalType ? 'ignore' : 'unknown-type' };
  const message = decodePayload(kind, frame.payload);
  return message === undefined ? { fault: 'malformed' } : { message };
}

function encodePayload(message: Message): Uint8Array {
  switch (message.kind) {
    case 'greeting':
      return json(message.greeting);
    case 'complaint':
      return json(shortened(message.complaint));
    case 'tail':
      return json({ after: message.after });
    case 'snapshot-begin':
      return json(message.offer);
    case 'snapshot-chunk':
      return message.bytes;
    case 'snapshot-end':
      return json({ sha256: message.sha256 });
    case 'entry':
      return encodeEntry(message.entry);
    case 'acknowledgement': {
      const bytes = Buffer.alloc(16);
      bytes.writeBigUInt64BE(BigInt(message.position.epoch), 0);
      bytes.writeBigUInt64BE(BigInt(message.position.sequence), 8);
      return bytes;
    }
    case 'quarantined':
    case 'sessions':
      return json(message.notice);
    case 'verify':
      return json({ head: message.head });
    case 'verified':
      return json(message.answer);
    case 'verdict':
      return json({ head: message.head, verdict: message.verdict });
    case 'question':
      return json(message.question);
    case 'reply':
      return json(message.reply);
    case 'ping':
    case 'pong':
      return new Uint8Array(0);
  }
}

function decodePayload(kind: Message['kind'], payload: Uint8Array): Message | undefined {
  switch (kind) {
    case 'greeting':
      return wrap(parse(greeting, payload), (value) => ({ kind, greeting: value }));
    case 'complaint':
      return wrap(parse(complaint, payload), (value) => ({ kind, complaint: value }));
    case 'tail':
      return wrap(parse(tail, payload), (value) => ({ kind, after: value.after }));
    case 'snapshot-begin':
      return wrap(parse(offer, payload), (value) => ({ kind, offer: value }));
    case 'snapshot-chunk':
      return { kind, bytes: payload };
    case 'snapshot-end':
      return wrap(parse(snapshotEnd, payload), (value) => ({ kind, sha256: value.sha256 }));
    case 'entry':
      return wrap(decodeEntry(payload), (entry) => ({ kind, entry }));
    case 'acknowledgement': {
      if (payload.length !== 16) return undefined;
      const epoch = readCount(payload, 0);
      const sequence = readCount(payload, 8);
      if (epoch === undefined || sequence === undefined) return undefined;
      return { kind, position: { epoch, sequence } };
    }
    case 'quarantined':
      return wrap(parse(notice, payload), (value) => ({ kind, notice: value }));
    case 'sessions':
      return wrap(parse(sessions, payload), (value) => ({ kind, notice: value }));
    case 'verify':
      return wrap(parse(verify, payload), (value) => ({ kind, head: value.head }));
    case 'verified':
      return wrap(parse(surveyAnswer, payload), (value) => ({ kind, answer: value }));
    case 'verdict':
      return wrap(parse(verdict, payload), (value) => ({ kind, ...value }));
    case 'question':
      return wrap(parse(question, payload), (value) => ({ kind, question: value }));
    case 'reply':
      return wrap(parse(reply, payload), (value) => ({ kind, reply: value }));
    case 'ping':
    case 'pong':
      return payload.length === 0 ? { kind } : undefined;
  }
}

/*
 * hash (32) ‖ previous hash (32) ‖ u64 epoch ‖ u64 sequence ‖ u64 time ‖ u32 length ‖ actor ‖ u32 length ‖ changeset:
 * from the previous hash on exactly the bytes that are hashed (docs/formats/journal.md).
 */
const fixedLength = 92;

function encodeEntry(entry: JournalEntry): Uint8Array {
  const actor = Buffer.from(entry.actor, 'utf8');
  const bytes = Buffer.alloc(fixedLength + actor.length + 4 + entry.changeset.length);
  bytes.write(entry.hash, 0, 'hex');
  bytes.write(entry.previousHash, 32, 'hex');
  writeCount(bytes, entry.position.epoch, 64);
  writeCount(bytes, entry.position.sequence, 72);
  writeCount(bytes, entry.timeMs, 80);
  bytes.writeUInt32BE(actor.length, 88);
  actor.copy(bytes, fixedLength);
  bytes.writeUInt32BE(entry.changeset.length, fixedLength + actor.length);
  bytes.set(entry.changeset, fixedLength + actor.length + 4);
  return bytes;
}

function decodeEntry(payload: Uint8Array): JournalEntry | undefined {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  if (bytes.length < fixedLength + 4) return undefined;
  const actorEnd = fixedLength + bytes.readUInt32BE(88);
  if (actorEnd + 4 > bytes.length) return undefined;
  if (actorEnd + 4 + bytes.readUInt32BE(actorEnd) !== bytes.length) return undefined;
  const epoch = readCount(bytes, 64);
  const sequence = readCount(bytes, 72);
  const timeMs = readCount(bytes, 80);
  if (epoch === undefined || sequence === undefined || timeMs === undefined) return undefined;
  return {
    position: { epoch, sequence },
    previousHash: bytes.toString('hex', 32, 64),
    hash: bytes.toString('hex', 0, 32),
    actor: bytes.toString('utf8', fixedLength, actorEnd),
    timeMs,
    changeset: bytes.subarray(actorEnd + 4),
  };
}

/** A u64 from a whole number of at most 53 bits. */
function writeCount(bytes: Buffer, value: number, offset: number): void {
  bytes.writeUInt32BE(Math.floor(value / 2 ** 32), offset);
  bytes.writeUInt32BE(value >>> 0, offset + 4);
}

function readCount(bytes: Uint8Array, offset: number): number | undefined {
  const value = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(offset);
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : undefined;
}

function json(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value), 'utf8');
}

function shortened(value: Complaint): Complaint {
  return { code: value.code, message: value.message.slice(0, 2000), hint: value.hint.slice(0, 2000) };
}

function parse<Value>(schema: z.ZodType<Value>, payload: Uint8Array): Value | undefined {
  if (payload.length > 64 * 1024) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('utf8'));
  } catch {
    // Not JSON: the caller says so.
    return undefined;
  }
  return schema.safeParse(value).data;
}

function wrap<Value>(value: Value | undefined, make: (value: Value) => Message): Message | undefined {
  return value === undefined ? undefined : make(value);
}
