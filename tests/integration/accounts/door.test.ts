import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { Secret, TOTP } from 'otpauth';
import { LoginMemory } from '../../../src/access/auth/login-memory.ts';
import { createOneTimeKey } from '../../../src/access/auth/one-time-code.ts';
import { hashPassword } from '../../../src/access/auth/password.ts';
import { until } from '../access/openvpn-process.ts';
import { type RunningServer, Vpn } from '../access/vpn.ts';

const connected = /Initialization Sequence Completed/;
const key: string = createOneTimeKey();
const newPassword = 'an entirely new password';

/** Codes of one step after the other, so that no test waits for the next one. */
let step = Math.floor(Date.now() / 30_000);
function codeNow(): string {
  return new TOTP({ secret: Secret.fromBase32(key) }).generate({ timestamp: step * 30_000 });
}

describe('the door of a real server', () => {
  let vpn: Vpn;
  let server: RunningServer;

  before(async () => {
    vpn = await Vpn.create();
    for (const [index, name] of ['alice', 'expired', 'locked'].entries()) await vpn.addUser(name, 10 + index);
    await vpn.addUser('carol', 20, true);
    change('expired', { expired: true });
    change('locked', { lockedUntil: Date.now() + 600_000 });
    change('carol', { oneTimeCode: { key, lastStep: 0 } });
    const memory = new LoginMemory({ now: () => step * 30_000, remember: async () => false });
    server = vpn.startServer({
      memory,
      beforeEntry: (commonName) => {
        if (commonName === 'alice:default') vpn.writeClientFile('alice', 10, false);
      },
    });
    await server.ready();
    vpn.network.holdVirtualAddress();
  });

  afterEach(async () => {
    await server.doorkeeper.sendAway(() => true, 'HALT,the test is over');
  });

  after(async () => {
    await server?.[Symbol.asyncDispose]();
    vpn?.[Symbol.dispose]();
  });

  function change(name: string, changes: object): void {
    const account = vpn.accounts.get(name);
    assert.ok(account);
    vpn.accounts.set(name, { ...account, ...changes });
  }

  const refused: [name: string, words: RegExp][] = [
    ['expired', /AUTH_FAILED,user account has expired/],
    ['locked', /AUTH_FAILED,too many wrong passwords or codes, try again in 1[01] minutes/],
  ];
  for (const [name, words] of refused) {
    it(`refuses who is ${name}, and the client's log says so`, async () => {
      await using client = vpn.startClient(name);
      await client.process.logged(words);
      await client.process.ended();
    });
  }

  it('asks for the one-time code once per session, and takes it once', async () => {
    const code = codeNow();
    await using client = vpn.startClient('carol', { code });
    await client.process.logged(connected);
    assert.match(client.person.question, /SC:1,One-time code/);
    await until('the session', () => server.doorkeeper.sessions.size === 1);
    await server.doorkeeper.sendAway(() => true, 'RESTART,[P]');
    await client.process.logged(connected, 2);
    assert.equal(client.person.prompts, 1, 'the token is enough');
    await using again = vpn.startClient('carol', { code });
    await again.process.logged(/AUTH_FAILED,this one-time code was used already/);
    await again.process.ended();
    step += 1;
    await using wrong = vpn.startClient('carol', { code: '000000' });
    await wrong.process.logged(/AUTH_FAILED,wrong user name, password or one-time code/);
    await wrong.process.ended();
    await using without = vpn.startClient('carol');
    await without.process.logged(/AUTH_FAILED,a one-time code is needed/);
    await without.process.ended();
  });

  it('after a change of password ends the session, lets in with the new one, and nobody with an old token', async () => {
    const client = vpn.startClient('alice');
    await client.process.logged(connected);
    const stolen = await until('the token', () => client.person.token);
    await until('the session', () => server.doorkeeper.sessions.size === 1);
    client.person.password = newPassword;
    change('alice', {
      passwordHash: await hashPassword(newPassword),
      endedSeconds: Math.floor(Date.now() / 1000),
      tokensRefused: true,
    });
    vpn.writeClientFile('alice', 10, true);
    server.doorkeeper.reviewSessions();
    // Its own token is refused by the file, then the person is asked; a right answer opens the file.
    await server.process.logged(/rejected due to 'disable' directive/);
    await client.process.logged(connected, 2);
    assert.equal(client.person.prompts, 2);
    await client[Symbol.asyncDispose]();

    // The file is open still: the moment that a thief with the profile and an old token waits for.
    const thief = vpn.startClient('alice', { password: stolen });
    const sentAway = (): number =>
      server.events.filter((event) => event.type === 'sent-away' && event.refusal === 'password-changed')
        .length;
    await until('the thief sent away', () => sentAway() === 2);
    await thief[Symbol.asyncDispose]();
    vpn.writeClientFile('alice', 10, true);
    await using late = vpn.startClient('alice', { password: stolen });
    await late.process.logged(/AUTH_FAILED/);
    assert.equal(connected.test(late.process.log), false);
  });
});
