import { type ServerProcess, serverProcesses } from './processes.ts';
import type { VpnSettings } from './settings.ts';

/** What a change of the settings brings about, in words, and what it interrupts. */
export interface Consequence {
  /** `start`, `stop`, `restart`: of a server process. `reconnect`: of every client, keeping its session. The rest interrupts nobody. */
  readonly type:
    | 'start'
    | 'stop'
    | 'restart'
    | 'reconnect'
    | 'firewall'
    | 'new-logins'
    | 'profiles'
    | 'addresses';
  /** The server process that is meant; undefined for all or none. */
  readonly process: string | undefined;
  readonly words: string;
}

/** What happens when the settings change like this. Empty when nothing does. */
export function consequences(before: VpnSettings, after: VpnSettings): readonly Consequence[] {
  const found = ofProcesses(before, after);
  if (differ(before, after, ['tunnel', 'routes', 'dns', 'searchDomains'])) {
    found.push(
      note(
        'reconnect',
        'connected clients reconnect within seconds, without a question, to get what changed',
      ),
    );
  }
  if (differ(before, after, ['access', 'clientToClient', 'routes', 'tunnel'])) {
    found.push(note('firewall', 'the firewall follows at once; nobody is disconnected by that'));
  }
  if (differ(before, after, ['network', 'network6'])) {
    found.push(note('addresses', 'every profile gets a new VPN address'));
  }
  if (differ(before, after, ['passwords']))
    found.push(note('new-logins', 'the password rules count for passwords set from now on'));
  if (differ(before, after, ['lockout']))
    found.push(note('new-logins', 'the lockout rules count for wrong passwords from now on'));
  if (differ(before, after, ['certificateKeys']))
    found.push(
      note(
        'profiles',
        'certificates made from now on get such keys; those there are keep theirs until renewed',
      ),
    );
  if (differ(before, after, ['dataChannel']))
    found.push(
      note(
        'profiles',
        'profiles given out before must be downloaded again: they fit the data channel of before, with the other one their packets are lost or they cannot be called back',
      ),
    );
  if (profilesDiffer(before, after))
    found.push(
      note('profiles', 'profiles given out from now on differ; those given out before keep what they say'),
    );
  return found;
}

/** Whether clients that are connected notice. */
export function interrupts(consequence: Consequence): boolean {
  return ['stop', 'restart', 'reconnect'].includes(consequence.type);
}

function ofProcesses(before: VpnSettings, after: VpnSettings): Consequence[] {
  const [old, wanted] = [byName(before), byName(after)];
  const found: Consequence[] = [];
  for (const [name, running] of old) {
    if (!wanted.has(name))
      found.push({
        type: 'stop',
        process: name,
        words: `the ${called(running)} stops; its clients try the other servers of their profile`,
      });
  }
  for (const [name, wish] of wanted) {
    const known = old.get(name);
    if (known === undefined) found.push({ type: 'start', process: name, words: `a ${called(wish)} starts` });
    else if (JSON.stringify(known) !== JSON.stringify(wish))
      found.push({
        type: 'restart',
        process: name,
        words: `the ${called(known)} restarts; its clients are away for some seconds and come back by themselves`,
      });
  }
  return found;
}

function profilesDiffer(before: VpnSettings, after: VpnSettings): boolean {
  const ports = (settings: VpnSettings): string =>
    JSON.stringify(serverProcesses(settings).map(({ protocol, port }) => [protocol, port]));
  return (
    ports(before) !== ports(after) ||
    differ(before, after, ['host', 'servers']) ||
    before.directives.client !== after.directives.client
  );
}

function called({ protocol, port }: ServerProcess): string {
  return `${protocol.toUpperCase()} server on port ${port}`;
}

function byName(settings: VpnSettings): ReadonlyMap<string, ServerProcess> {
  return new Map(serverProcesses(settings).map((one) => [one.name, one]));
}

function differ(before: VpnSettings, after: VpnSettings, fields: readonly (keyof VpnSettings)[]): boolean {
  return fields.some((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
}

function note(type: Consequence['type'], words: string): Consequence {
  return { type, process: undefined, words };
}
