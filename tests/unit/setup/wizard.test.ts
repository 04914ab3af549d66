import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseAnswers } from '../../../src/setup/wizard/answers-file.ts';
import type { Answers, Machine, QuestionName } from '../../../src/setup/wizard/questions.ts';
import { requestFrom } from '../../../src/setup/wizard/request.ts';
import { type Dialogue, runWizard } from '../../../src/setup/wizard/wizard.ts';

const machine: Machine = {
  hostName: 'Node-A.example.com',
  interfaces: [
    { name: 'eth0', address: '10.99.0.1', prefixLength: 24 },
    { name: 'eth1', address: '192.168.7.1', prefixLength: 24 },
  ],
  configured: false,
};
const password = 'right horse battery';

/** Somebody who types these lines, and what was said to them. */
function typing(...lines: string[]): Dialogue & { readonly said: string[]; readonly hidden: string[] } {
  const said: string[] = [];
  const hidden: string[] = [];
  return {
    said,
    hidden,
    say: (text) => said.push(text),
    line: async (_prompt, secret) => {
      const line = lines.shift();
      if (secret && line !== undefined) hidden.push(line);
      return line;
    },
  };
}

const primaryLines = ['yes', '', '1', '', '', '', '', '', '', '', password, password];

describe('the wizard', () => {
  it('asks the questions of the source system and takes ENTER for its defaults', async () => {
    const person = typing(...primaryLines);
    const answers = await runWizard(machine, {}, person);
    assert.deepEqual(answers, {
      'accept-terms': 'yes',
      primary: 'yes',
      name: 'node-a',
      interface: '1',
      web: '1',
      'web-port': '943',
      port: '1194',
      'tcp-port': 'none',
      host: 'shared',
      network: '10.8.0.0/20',
      'all-traffic': 'no',
      'private-networks': 'yes',
      'admin-user': 'tandem',
      'admin-password': password,
      'admin-password-again': password,
    });
    const said = person.said.join('\n');
    assert.match(said, /Please enter yes to indicate your agreement/);
    assert.match(
      said,
      /Will this be the primary node\?\n\(enter 'no' to configure as a backup or standby node\)/,
    );
    assert.match(said, /\(1\) eth0: 10\.99\.0\.1\/24\n {2}\(2\) eth1: 192\.168\.7\.1\/24/);
    assert.deepEqual(person.hidden, [password, password]);
    assert.ok(!said.includes(password));
  });

  it('asks a second node only what it needs', async () => {
    const person = typing('yes', 'no', '1', '', '');
    const answers = await runWizard(machine, {}, person);
    assert.deepEqual(Object.keys(answers), [
      'accept-terms',
      'primary',
      'name',
      'interface',
      'web',
      'web-port',
    ]);
    assert.equal(requestFrom(answers, machine, true).start, 'failover');
  });

  it('gives the same result by flags, by a file and by typing', async () => {
    const typed = await runWizard(
      machine,
      {},
      typing(
        'yes',
        'yes',
        '2',
        '2',
        '9443',
        '1195',
        'vpn.example.com',
        'yes',
        'no',
        'boss',
        password,
        password,
      ),
    );
    const flags: Answers = {
      'accept-terms': 'yes',
      primary: 'yes',
      interface: '2',
      web: '2',
      'web-port': '9443',
      port: '1195',
      host: 'vpn.example.com',
      'all-traffic': 'yes',
      'private-networks': 'no',
      'admin-user': 'boss',
      'admin-password': password,
    };
    const file = Object.entries(flags)
      .map(([name, value]) => `${name} = ${value}`)
      .join('\n');
    const byFlags = await runWizard(machine, flags, undefined);
    const byFile = await runWizard(machine, parseAnswers(`# remark\n\n${file}\n`), undefined);
    assert.deepEqual(byFlags, typed);
    assert.deepEqual(byFile, typed);
    assert.deepEqual(requestFrom(typed, machine, true), {
      start: 'primary',
      name: 'node-a',
      interface: 'eth1',
      address: '192.168.7.1',
      web: { on: 'all', port: 9443 },
      erase: false,
      startService: true,
      host: 'vpn.example.com',
      port: 1195,
      tcpPort: undefined,
      network: '10.8.0.0/20',
      allTraffic: true,
      privateNetworks: false,
      administrator: { name: 'boss', password },
      madePassword: undefined,
    });
  });

  it('makes a password where none is chosen', async () => {
    const answers = await runWizard(machine, {}, typing(...primaryLines.slice(0, -2), ''));
    const { administrator, madePassword } = requestFrom(answers, machine, true);
    assert.equal(administrator?.password, madePassword);
    assert.match(madePassword ?? '', /^[\w-]{16}$/);
  });

  it('erases what is there only for DELETE', async () => {
    const configured = { ...machine, configured: true };
    const person = typing('delete', 'yes', '', 'DELETE', 'yes', 'no', '1', '', '');
    const answers = await runWizard(configured, {}, person);
    assert.equal(answers.erase, 'DELETE');
    assert.equal(person.said.filter((text) => /Only DELETE/.test(text)).length, 3);
    await assert.rejects(runWizard(configured, { primary: 'no' }, undefined), {
      code: 'setup.answer-missing',
    });
  });

  it('ends without a result when the answers end', async () => {
    await assert.rejects(runWizard(machine, {}, typing('yes', 'no')), {
      code: 'setup.answers-ended',
      message: /before interface was answered\. Nothing was changed/,
    });
  });
});

describe('a wrong answer', () => {
  const right: Answers = {
    'accept-terms': 'yes',
    primary: 'yes',
    interface: '1',
    'admin-password': password,
  };
  const wrong: [name: QuestionName, answer: string, reason: RegExp][] = [
    ['accept-terms', 'no', /Without agreement/],
    ['accept-terms', 'maybe', /yes or no/],
    ['primary', 'second', /yes or no/],
    ['interface', '3', /none of them/],
    ['interface', 'eth9', /none of them/],
    ['interface', '0', /none of them/],
    ['web', '3', /1 \(own\) or 2 \(all\)/],
    ['web-port', '0', /1 to 65535/],
    ['web-port', '70000', /1 to 65535/],
    ['web-port', 'https', /1 to 65535/],
    ['port', '-1', /1 to 65535/],
    ['host', 'two words', /neither a host name/],
    ['all-traffic', 'some', /yes or no/],
    ['private-networks', '1', /yes or no/],
    ['admin-user', 'Boss', /lower-case/],
    ['admin-user', 'a b', /lower-case/],
    ['admin-password', 'short', /at least 8/],
  ];
  for (const [name, answer, reason] of wrong) {
    it(`${name}: ${JSON.stringify(answer)} is asked again with the reason, and refused as a flag`, async () => {
      const others = Object.fromEntries(Object.entries(right).filter(([other]) => other !== name));
      const good = right[name] ?? '';
      const lines = [answer, good, ...Array.from({ length: 12 }, () => '')];
      // Only this one and the ones without a flag are asked: ENTER takes the rest.
      const asked = typing(...linesFor(name, others, lines));
      const answers = await runWizard(machine, others, asked);
      assert.ok(asked.said.some((text) => reason.test(text)));
      assert.notEqual(answers[name], answer);
      await assert.rejects(runWizard(machine, { ...right, [name]: answer }, undefined), {
        code: 'setup.answer',
        message: reason,
      });
    });
  }

  it('in the second password is asked again', async () => {
    const person = typing(...primaryLines.slice(0, -1), 'something else', password);
    const answers = await runWizard(machine, {}, person);
    assert.equal(answers['admin-password'], password);
    assert.ok(person.said.includes('This is not the same password.'));
  });

  it('by a flag alone is refused too', async () => {
    for (const [name, answer] of [
      ['name', 'Node A'],
      ['tcp-port', '99999'],
      ['tcp-port', '943'],
      ['network', 'everything'],
    ] as const) {
      await assert.rejects(runWizard(machine, { ...right, [name]: answer }, undefined), {
        code: 'setup.answer',
      });
    }
  });

  it('in a file names the line', () => {
    for (const text of ['port', 'colour=blue', 'web-port 943']) {
      assert.throws(() => parseAnswers(`# first\n${text}\n`), {
        code: 'setup.answers-file',
        message: /Line 2/,
      });
    }
  });
});

/** ENTER for what is asked before `name`, then the wrong and the right answer, then ENTER. */
function linesFor(name: QuestionName, others: Record<string, string>, lines: string[]): string[] {
  const order: QuestionName[] = [
    'accept-terms',
    'primary',
    'interface',
    'web',
    'web-port',
    'port',
    'host',
    'all-traffic',
    'private-networks',
    'admin-user',
    'admin-password',
  ];
  const asked = order.filter((one) => !(one in others));
  const before = asked.slice(0, asked.indexOf(name)).map(() => '');
  const after = name === 'admin-password' ? [password] : [];
  return [...before, ...lines.slice(0, 2), ...after, ...lines.slice(2)];
}
