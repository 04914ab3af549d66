import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { statusOf, tandem } from '../../../lab/demo/node-commands.ts';
import { addUser, pair, profileOf, setUpPair } from '../../../lab/demo/set-up.ts';
import { until } from '../../../lab/demo/until.ts';
import { VpnClient } from '../../../lab/demo/vpn-client.ts';
import { Lab } from '../../../lab/lab.ts';

const people = ['alice', 'bob', 'carol', 'dave'] as const;
type Person = (typeof people)[number];

let lab: Lab;
const passwords = new Map<Person, string>();
const profiles = new Map<Person, string>();
const clients = new Map<Person, VpnClient>();

before(async () => {
  lab = await Lab.up({ clients: people.length, stateDir: `/var/lib/tandem-test-accounts-${process.pid}` });
  await setUpPair(lab, () => undefined);
});
after(() => lab?.down());

function hostOf(person: Person): string {
  return `client-${people.indexOf(person) + 1}`;
}

async function connect(person: Person, password = passwords.get(person) ?? ''): Promise<VpnClient> {
  const account = { user: person, password, profile: profiles.get(person) ?? '' };
  return VpnClient.connect(lab, hostOf(person), account);
}

/** What the client of that person wrote into its log. */
async function logOf(person: Person): Promise<string> {
  return (await lab.exec(hostOf(person), ['cat', `/run/${person}.sock.log`], { timeoutMs: 10_000 })).stdout;
}

/** While deaf, a client hears nothing of the end of its session and keeps its token. */
async function deafen(person: Person, deaf: boolean): Promise<void> {
  const rules = deaf
    ? 'table ip deaf {\n chain input {\n type filter hook input priority 0\n udp sport 1194 drop\n }\n}\n'
    : 'delete table ip deaf\n';
  const result = await lab.exec(hostOf(person), ['nft', '-f', '-'], { input: rules });
  assert.equal(result.code, 0, result.stderr);
}

async function clientsOf(node: 'node-a' | 'node-b'): Promise<number | undefined> {
  return (await statusOf(lab, node))?.openvpn[0]?.clients;
}

test('a new address, new routes, a block and an expiry take effect at once for who is in', async () => {
  for (const person of people) {
    passwords.set(person, (await addUser(lab, 'node-a', person)).password);
    profiles.set(person, await profileOf(lab, 'node-a', person));
  }
  const alice = await connect('alice');
  clients.set('alice', alice);
  const words = ['user', 'set', 'alice', '--address', '10.8.0.77', '--route', '10.20.0.0/16'];
  assert.deepEqual(await tandem(lab, 'node-a', words), { protected: true });
  await until(() => alice.connected && alice.address === '10.8.0.77', 30_000, 'alice at her new address');
  assert.equal(alice.passwordQuestions, 1);
  assert.match((await lab.exec(hostOf('alice'), ['ip', 'route'])).stdout, /10\.20\.0\.0\/16 via 10\.8\.0\.1/);

  const bob = await connect('bob');
  const soon = new Date(Date.now() + 3_000).toISOString();
  await tandem(lab, 'node-a', ['user', 'set', 'bob', '--expires', soon]);
  await until(async () => /user account has expired/.test(await logOf('bob')), 30_000, 'the end of bob');
  await bob.disconnect();
  await connect('bob');
  assert.match(await logOf('bob'), /AUTH_FAILED,user account has expired/);
  await tandem(lab, 'node-a', ['user', 'set', 'bob', '--expires', 'never']);

  const carol = await connect('carol');
  await tandem(lab, 'node-a', ['user', 'block', 'carol']);
  await until(async () => /user is blocked/.test(await logOf('carol')), 30_000, 'the end of carol');
  await carol.disconnect();
  await tandem(lab, 'node-a', ['user', 'unblock', 'carol']);
});

test('I7: blocked, revoked or with another password right before a takeover: refused after it, with a token in hand', async () => {
  for (const person of people) if (person !== 'alice') clients.set(person, await connect(person));
  for (const person of ['alice', 'bob', 'carol'] as const) await deafen(person, true);
  const newPassword = 'an entirely new password';
  const changes = [
    tandem(lab, 'node-a', ['user', 'block', 'alice']),
    tandem(lab, 'node-a', ['profile', 'revoke', 'bob']),
    tandem(lab, 'node-a', ['user', 'password', 'carol', '--password-file', '-'], `${newPassword}\n`),
  ];
  for (const change of changes) assert.deepEqual(await change, { protected: true });
  await lab.powerOff('node-a');
  await until(async () => (await statusOf(lab, 'node-b'))?.role === 'active', 20_000, 'node-b to serve');
  for (const person of ['alice', 'bob', 'carol'] as const) await deafen(person, false);

  const dave = clients.get('dave');
  await until(() => dave?.connected === true, 30_000, 'dave to be back');
  await until(async () => (await clientsOf('node-b')) === 1, 30_000, 'dave in the table');
  assert.equal(dave?.passwordQuestions, 1);

  // Each came back with the token, was refused, and was refused again with what the person types.
  await until(async () => /AUTH_FAILED,user is blocked/.test(await logOf('alice')), 40_000, 'alice refused');
  await until(
    async () => /AUTH_FAILED,wrong user name or password/.test(await logOf('carol')),
    40_000,
    'carol refused',
  );
  const nodeLog = await lab.exec('node-b', ['cat', '/var/log/tandem.log'], { timeoutMs: 10_000 });
  assert.match(nodeLog.stdout, /serial=\d+ is revoked/);
  for (const person of ['alice', 'carol'])
    assert.match(nodeLog.stdout, new RegExp(`${person}:default\\S* .*rejected due to 'disable' directive`));
  for (const person of ['alice', 'bob', 'carol'] as const)
    assert.equal(clients.get(person)?.connected, false, `${person} is in`);
  assert.equal(await clientsOf('node-b'), 1);

  await clients.get('carol')?.disconnect();
  const carol = await connect('carol', newPassword);
  assert.equal(carol.connected, true, await logOf('carol'));
  assert.equal(carol.refusals, 0);
  for (const client of [...clients.values(), carol]) await client.disconnect();
});

test('what cannot be is refused by name, with the next step and an exit code', async () => {
  const attempts: [words: string[], code: number, says: RegExp][] = [
    [['user', 'show', 'nobody'], 65, /no user nobody[\s\S]*tandem user list/],
    [['user', 'set', 'dave'], 65, /Nothing to change was named/],
    [['user', 'set', 'dave', '--expires', 'tomorrow'], 65, /"tomorrow" is not a date or time/],
    [['user', 'set', 'dave', '--expires', '2020-01-01'], 65, /is past[\s\S]*tandem user block NAME/],
    [['user', 'set', 'dave', '--administrator', 'maybe'], 65, /neither yes nor no/],
    [['user', 'set', 'dave', '--route', '10.20.0.1/16'], 65, /"10\.20\.0\.1\/16" is not a network/],
    [['user', 'set', 'dave', '--address', pair.virtualAddress], 65, /not an address for a client/],
    [['user', 'set', 'dave', '--address', '10.8.0.77'], 65, /10\.8\.0\.77 belongs to alice:default/],
    [['profile', 'revoke', 'dave', '--name', 'phone'], 65, /dave has no profile "phone"/],
    [['user', 'set'], 64, /missing required argument/],
  ];
  for (const [words, code, says] of attempts) {
    const result = await lab.exec('node-b', ['tandem', ...words], { timeoutMs: 30_000 });
    assert.match(result.stderr, says);
    assert.equal(result.code, code, `${words.join(' ')}: ${result.stderr}`);
  }
  const shown = (await tandem(lab, 'node-b', ['user', 'show', 'alice'])) as Record<string, unknown>;
  assert.equal(shown['blocked'], true);
  assert.deepEqual(shown['routes'], ['10.20.0.0/16']);
  assert.doesNotMatch(JSON.stringify(shown), /argon2|PRIVATE/);
});
