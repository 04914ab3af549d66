import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Write } from '../accounts/write.ts';
import { headOf, type Manifest } from '../backup/container.ts';
import { accountsBackupScope, type MergeCounts, planMerge } from '../backup/merge.ts';
import { receiveBackup } from '../backup/receive.ts';
import { TandemError } from '../core/errors.ts';
import { formatPosition, type Head } from '../core/replication/position.ts';
import { followerSettingName } from '../settings/followers.ts';
import { pairSettingName } from '../settings/pair.ts';
import { primaryNodeName } from '../settings/primary.ts';
import { readPairSettings } from '../settings/read.ts';
import type { Actor } from '../store/actor.ts';
import { schemaVersion } from '../store/migrations.ts';
import { restoredOverSetting } from '../store/setting/restored-over.ts';
import { Store } from '../store/store.ts';

interface BackupParts {
  readonly store: Store;
  readonly nodeName: string;
  readonly productVersion: string;
  readonly write: Write;
  readonly refuseUnlessActive: () => void;
  /** On a machine that has only a part of the data. */
  readonly refuseOnFollower: () => void;
  /** Keeps the data of this node in a folder and exchanges it for the file, while nothing is sent from it or written to it. */
  readonly exchange: (path: string, keep: () => Promise<Head>) => Promise<void>;
  /** Where the data that was replaced is kept. */
  readonly replacedDirectory: string;
  /** Wall clock, milliseconds since 1970. */
  readonly now: () => number;
}

export interface RestoreWish {
  readonly dryRun: boolean;
  /** Also on a node of a pair, where it undoes what was changed since on both. */
  readonly force: boolean;
}

export interface Restored {
  readonly manifest: Manifest;
  readonly done: boolean;
  readonly merged: MergeCounts | undefined;
  /** Where the data that was there lies. */
  readonly kept: string | undefined;
  readonly sentence: string;
}

/** More would not fit into one entry of the journal. */
const stepsPerWrite = 1_000;
let files = 0;

/** Copies of a node's data in one file each, and the way back. */
export class Backups {
  readonly #parts: BackupParts;

  constructor(parts: BackupParts) {
    this.#parts = parts;
  }

  /**
   * The bytes of a backup, of one moment; holds every secret of the server. Works on a standby as well.
   * @throws TandemError `follower.standby`, before the first byte is asked for
   */
  create(kind: Manifest['kind']): AsyncGenerator<Uint8Array, void> {
    this.#parts.refuseOnFollower();
    return this.#bytes(kind);
  }

  async *#bytes(kind: Manifest['kind']): AsyncGenerator<Uint8Array, void> {
    const { store, nodeName, productVersion, now } = this.#parts;
    const path = `${store.path}.backup-${process.pid}-${files++}`;
    try {
      const head =
        kind === 'whole' ? await store.snapshotTo(path) : await store.scopedCopyTo(path, accountsBackupScope);
      const { bytes, sha256 } = await sumOf(path);
      const manifest: Manifest = {
        format: 1,
        kind,
        product: productVersion,
        schema: schemaVersion,
        node: nodeName,
        createdAt: new Date(now()).toISOString(),
        position: formatPosition(head.position),
        bytes,
        sha256,
      };
      yield Buffer.from(headOf(manifest));
      yield* createReadStream(path);
    } finally {
      await rm(path, { force: true });
    }
  }

  /**
   * Checks all of a backup and then, unless it is a rehearsal, puts it in place (`whole`) or adds it (`accounts`).
   * @throws TandemError `backup.*`, `store.damaged`, `pair.standby`
   */
  async restore(actor: Actor, source: AsyncIterable<Uint8Array>, wish: RestoreWish): Promise<Restored> {
    const { store, refuseUnlessActive } = this.#parts;
    refuseUnlessActive();
    const path = `${store.path}.restoring-${process.pid}-${files++}`;
    try {
      const manifest = await receiveBackup(source, path);
      const backup = Store.open({ path, nodeId: store.nodeId, now: this.#parts.now });
      try {
        return manifest.kind === 'accounts'
          ? await this.#merge(actor, manifest, backup, wish)
          : await this.#replace(actor, manifest, backup, wish);
      } finally {
        backup.close();
      }
    } finally {
      for (const ending of ['', '-wal', '-shm']) await rm(`${path}${ending}`, { force: true });
    }
  }

  async #merge(actor: Actor, manifest: Manifest, backup: Store, { dryRun }: RestoreWish): Promise<Restored> {
    const { counts: merged, steps } = planMerge(backup, this.#parts.store);
    if (!dryRun) {
      for (let first = 0; first < steps.length; first += stepsPerWrite) {
        const portion = steps.slice(first, first + stepsPerWrite);
        await this.#parts
          .write(actor, (transaction) => {
            for (const step of portion) step(transaction);
          })
          .catch((cause: unknown) => {
            throw first === 0 ? cause : begun(first, steps.length, cause);
          });
      }
    }
    const what = `${merged.usersAdded} user(s) added, ${merged.usersChanged} changed, ${merged.certificatesAdded} certificate(s) added, ${merged.certificatesRevoked} revoked`;
    const authority = merged.authorityTaken ? '; the authority of the backup is taken over' : '';
    const sentence = dryRun
      ? `It would be: ${what}${authority}. Nothing was changed.`
      : `${what}${authority}.`;
    return { manifest, done: !dryRun, merged, kept: undefined, sentence };
  }

  async #replace(actor: Actor, manifest: Manifest, backup: Store, wish: RestoreWish): Promise<Restored> {
    const { store, nodeName, exchange, now } = this.#parts;
    const pair = readPairSettings(store);
    const from = `the state of ${manifest.node} at ${manifest.createdAt} (${backup.users.count()} user(s))`;
    const peer = pair?.nodes.find(({ nodeId }) => nodeId !== store.nodeId)?.name;
    const where = peer === undefined ? nodeName : `${nodeName} and ${peer}`;
    const sentence = `${from} replaces everything on ${where} (${store.users.count()} user(s), position ${formatPosition(store.position)}${revived(backup, store)})`;
    const common = { manifest, merged: undefined };
    if (wish.dryRun)
      return {
        ...common,
        done: false,
        kept: undefined,
        sentence: `It would be: ${sentence}. Nothing was changed.`,
      };
    if (peer !== undefined && !wish.force) throw inAPair(sentence);
    // What makes this node part of its pair is a fact of these machines, whatever the backup says.
    const followers = store.settings.get(followerSettingName);
    const primary = store.settings.get(primaryNodeName);
    backup.write(actor, ({ settings }) => {
      settings.unset(pairSettingName);
      settings.unset(followerSettingName);
      settings.unset(primaryNodeName);
      if (primary !== undefined) settings.set(primaryNodeName, primary);
      settings.set(restoredOverSetting, store.head.hash);
      if (pair !== undefined) settings.set(pairSettingName, pair);
      if (pair !== undefined && followers !== undefined) settings.set(followerSettingName, followers);
    });
    backup.openEpoch({ name: actor.name, via: 'restore' }, store.position.epoch);
    const { path } = backup;
    backup.close();
    const kept = join(this.#parts.replacedDirectory, new Date(now()).toISOString().replaceAll(':', ''));
    await mkdir(kept, { recursive: true, mode: 0o700 });
    try {
      await exchange(path, () => store.snapshotTo(join(kept, 'tandem.db')));
    } catch (error) {
      await rm(kept, { recursive: true, force: true });
      throw error;
    }
    return {
      ...common,
      done: true,
      kept,
      sentence: `Restored: ${sentence}. What was there is kept in ${kept}.`,
    };
  }
}

/** Of certificates that were revoked after the backup was made: they would be good again. */
function revived(backup: Store, store: Store): string {
  const again = store.certificates
    .revoked()
    .filter(({ serial }) => backup.certificates.find(serial)?.revokedAt === undefined)
    .filter(({ serial }) => backup.certificates.find(serial) !== undefined);
  return again.length === 0 ? '' : `; ${again.length} certificate(s) revoked since are good again`;
}

async function sumOf(path: string): Promise<{ bytes: number; sha256: string }> {
  const sum = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path)) {
    sum.update(chunk as Uint8Array);
    bytes += (chunk as Uint8Array).length;
  }
  return { bytes, sha256: sum.digest('hex') };
}

function begun(done: number, all: number, cause: unknown): TandemError {
  return new TandemError({
    code: 'backup.begun',
    culprit: 'operator',
    message: `${done} of ${all} changes are in place, then it could not go on: ${cause instanceof Error ? cause.message : cause}`,
    hint: 'Run the same command again: what is in place stays, the rest is added',
    cause,
  });
}

function inAPair(sentence: string): TandemError {
  return new TandemError({
    code: 'backup.pair',
    culprit: 'caller',
    message: `This is the active node of a pair. With --force, ${sentence}; clients whose profiles are newer than the backup are refused afterwards. Nothing was changed.`,
    hint: 'Look first: tandem backup restore FILE --dry-run; then, if it is wanted: tandem backup restore FILE --force',
  });
}
