import type { Write } from '../accounts/write.ts';
import { TandemError } from '../core/errors.ts';
import type { ReplicationSettings } from '../core/replication/settings.ts';
import {
  readReplicationSettings,
  replicationSettingName,
  replicationSettingsSchema,
} from '../settings/replication.ts';
import type { Actor } from '../store/actor.ts';
import type { Store } from '../store/store.ts';

export interface ReplicationSettingsParts {
  readonly store: Store;
  /** Writes whatever the protection, so that a requirement can be taken back. */
  readonly write: Write;
  readonly isProtected: () => boolean;
}

/** What the administrator decides about the copies, at hand for every change. */
export class ReplicationSettingsNoun {
  readonly #parts: ReplicationSettingsParts;
  #current: ReplicationSettings | undefined;

  constructor(parts: ReplicationSettingsParts) {
    this.#parts = parts;
    parts.store.onChange(({ cause, tables }) => {
      if (cause === 'replace' || tables.includes('setting')) this.#current = undefined;
    });
  }

  get(): ReplicationSettings {
    this.#current ??= readReplicationSettings(this.#parts.store);
    return this.#current;
  }

  /**
   * Changes what the patch names.
   * @throws TandemError `replica.require.unprotected`
   */
  async set(
    actor: Actor,
    patch: Partial<ReplicationSettings>,
  ): Promise<{ settings: ReplicationSettings; protected: boolean }> {
    if (patch.protection === 'require' && !this.#parts.isProtected()) throw wouldRefuseEverything();
    const written = await this.#parts.write(actor, (transaction) => {
      const settings = replicationSettingsSchema.parse({ ...readReplicationSettings(transaction), ...patch });
      transaction.settings.set(replicationSettingName, { ...settings });
      return settings;
    });
    return { settings: written.result, protected: written.protected };
  }
}

function wouldRefuseEverything(): TandemError {
  return new TandemError({
    code: 'replica.require.unprotected',
    culprit: 'caller',
    message:
      'The pair is not protected now: with protection required every further change would be refused. Nothing was changed.',
    hint: 'See why: tandem replica status',
  });
}
