/** What one argon2id computation costs. */
export interface Argon2Cost {
  readonly memoryKib: number;
  readonly passes: number;
  readonly lanes: number;
}

export interface PhcHash {
  readonly cost: Argon2Cost;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

const PHC =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

/** `$argon2id$v=19$m=…,t=…,p=…$salt$hash`, base64 without padding (PHC string format). */
export function formatPhc({ cost, salt, hash }: PhcHash): string {
  const parameters = `m=${cost.memoryKib},t=${cost.passes},p=${cost.lanes}`;
  return `$argon2id$v=19$${parameters}$${unpadded(salt)}$${unpadded(hash)}`;
}

/** The inverse; undefined for other algorithms and for costs out of RFC 9106's bounds or ours (1 GiB, 16 passes, 16 lanes). */
export function parsePhc(text: string): PhcHash | undefined {
  const [, memory, passes, lanes, salt, hash] = PHC.exec(text) ?? [];
  if (salt === undefined || hash === undefined) return undefined;
  const cost = { memoryKib: Number(memory), passes: Number(passes), lanes: Number(lanes) };
  const bounded =
    cost.lanes >= 1 &&
    cost.lanes <= 16 &&
    cost.passes >= 1 &&
    cost.passes <= 16 &&
    cost.memoryKib <= 1_048_576;
  if (!bounded || cost.memoryKib < 8 * cost.lanes) return undefined;
  return { cost, salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') };
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
