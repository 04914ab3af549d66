import { TandemError } from '../core/errors.ts';
import type { Head } from '../core/replication/position.ts';
import type { Verification } from '../replication/verification/verification.ts';
import type { Store } from '../store/store.ts';
import type { Writer } from './writer.ts';

interface ExchangeParts {
  readonly store: Store;
  readonly writer: Writer;
  readonly verification: Verification;
  readonly refuseUnlessActive: () => void;
  readonly stopSending: () => void;
  readonly startSending: () => void;
}

/**
 * On the active node: keeps what is there, then puts the file at `path` in its place; the other node takes over from there as after any
 * return. Writes wait meanwhile; one that slips through undoes nothing, for then nothing is exchanged.
 * @throws TandemError `backup.busy`, `pair.standby`
 */
export function exchangeWith(
  parts: ExchangeParts,
): (path: string, keep: () => Promise<Head>) => Promise<void> {
  return (path, keep) => exchangeData(parts, path, keep);
}

async function exchangeData(parts: ExchangeParts, path: string, keep: () => Promise<Head>): Promise<void> {
  const { store, writer, verification } = parts;
  writer.hold();
  try {
    const kept = await keep();
    await verification.beforeReplace();
    parts.refuseUnlessActive();
    if (store.head.hash !== kept.hash) throw busy();
    parts.stopSending();
    try {
      store.replaceWith(path);
      verification.replaced();
    } finally {
      parts.startSending();
    }
  } finally {
    writer.release();
  }
}

function busy(): TandemError {
  return new TandemError({
    code: 'backup.busy',
    culprit: 'caller',
    message: 'Something was changed while the data was being kept. Nothing was restored.',
    hint: 'Run the same command again',
  });
}
