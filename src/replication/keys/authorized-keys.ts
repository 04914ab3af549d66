import { chmod, chown, mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { formatPublicKey, parsePublicKey } from './public-key.ts';
import { writeWhole } from './replication-key.ts';

/** Marks our lines among those of others. */
const comment = 'tandem-replication';
const receiveCommand = '/usr/local/bin/tandem replica receive';

const feedCommand = '/usr/local/bin/tandem replica feed';

/**
 * The line that lets the other node's key do one thing only: `restrict` takes away terminal, forwarding, agent and
 * rc files (sshd(8), AUTHORIZED_KEYS FILE FORMAT), and the command runs whatever was asked for.
 */
export function authorizedKeyLine(publicKey: string, command: string = receiveCommand): string {
  if (/["\\\n]/.test(command)) throw new Error(`${JSON.stringify(command)} cannot stand in authorized_keys`);
  return `restrict,command="${command}" ${formatPublicKey(parsePublicKey(publicKey))} ${comment}`;
}

/** In the home of the user `tandem`, whose owner the files get. */
export interface AuthorizedKeys {
  readonly home: string;
  readonly publicKey: string;
  readonly command?: string;
}

/** Doing it again changes nothing. Other lines stay, an older line with the same key is replaced. */
export async function installAuthorizedKey({ home, publicKey, command }: AuthorizedKeys): Promise<void> {
  const line = authorizedKeyLine(publicKey, command);
  await edit(home, (lines) => [...lines.filter((other) => !holds(other, publicKey)), line]);
}

/** What a key may no longer do after it was exchanged for another. */
export async function removeAuthorizedKey(home: string, publicKey: string): Promise<void> {
  await edit(home, (lines) => lines.filter((line) => !holds(line, publicKey)));
}

/** What every key of another node may no longer do; lines of other makers stay. */
export async function removeReplicationKeys(home: string): Promise<void> {
  await edit(home, (lines) => lines.filter((line) => !line.endsWith(` ${comment}`)));
}

/** Of all keys of the other node only this one is let in from now on. */
export async function keepOnlyReplicationKey(home: string, publicKey: string): Promise<void> {
  await edit(home, (lines) =>
    lines.filter((line) => !line.endsWith(` ${comment}`) || holds(line, publicKey)),
  );
}

const followerComment = 'tandem-follower';

/** Lets exactly these followers in, each with its own key and bound to saying who it is; keys of others of its kind go. */
export async function setFollowerKeys(
  home: string,
  followers: readonly { readonly id: string; readonly publicKey: string }[],
): Promise<void> {
  const wanted = followers.map(({ id, publicKey }) => {
    if (!/^[0-9a-f-]{36}$/.test(id)) throw new Error(`${JSON.stringify(id)} is not the id of a follower`);
    const key = formatPublicKey(parsePublicKey(publicKey));
    return `restrict,command="${feedCommand} ${id}" ${key} ${followerComment}`;
  });
  await edit(home, (lines) => [...lines.filter((line) => !line.endsWith(` ${followerComment}`)), ...wanted]);
}

function holds(line: string, publicKey: string): boolean {
  const base64 = parsePublicKey(publicKey).blob.toString('base64');
  return line.split(/\s+/).includes(base64);
}

/** The file is one, and who reads it while another writes would bring back what the other took away. */
let lastEdit: Promise<void> = Promise.resolve();

function edit(home: string, change: (lines: string[]) => string[]): Promise<void> {
  const edited = lastEdit.then(() => editNow(home, change));
  lastEdit = edited.catch(() => undefined);
  return edited;
}

async function editNow(home: string, change: (lines: string[]) => string[]): Promise<void> {
  const owner = await stat(home);
  const directory = join(home, '.ssh');
  const path = join(directory, 'authorized_keys');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chmod(directory, 0o700);
  await chown(directory, owner.uid, owner.gid);
  const before = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const lines = change(before.split('\n').filter((line) => line.trim() !== ''));
  await writeWhole(path, lines.map((line) => `${line}\n`).join(''), 0o600, {
    uid: owner.uid,
    gid: owner.gid,
  });
}
