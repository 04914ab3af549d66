import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { checkEstablished, checkOwner } from '../../../src/core/openvpn/admission.ts';
import { formatCommonName, parseCommonName } from '../../../src/core/openvpn/common-name.ts';
import { formatIpv4, netmask, parseIpv4, parseNetwork } from '../../../src/core/openvpn/ipv4.ts';
import { firstFreeAddress, serverAddress } from '../../../src/core/openvpn/pool.ts';

describe('the common name of a profile', () => {
  it('is <username>:<profile>', () => {
    assert.equal(formatCommonName({ username: 'alice', profile: 'default' }), 'alice:default');
    assert.deepEqual(parseCommonName('a.b@c-d:laptop'), { username: 'a.b@c-d', profile: 'laptop' });
  });

  it('is refused where it could be a path, an option, two names or too long', () => {
    for (const text of [
      '',
      'alice',
      ':',
      'alice:',
      ':x',
      'a:b:c',
      '../x:y',
      'a/b:c',
      '-a:b',
      '.a:b',
      'a b:c',
      'a\n:b',
      'a"b:c',
    ]) {
      assert.equal(parseCommonName(text), undefined, text);
    }
    assert.equal(formatCommonName({ username: 'a'.repeat(60), profile: 'default' }), undefined);
  });

  it('comes back as it was', () => {
    const part = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._@-]{0,30}$/);
    fc.assert(
      fc.property(part, part, (username, profile) => {
        const text = formatCommonName({ username, profile });
        assert.deepEqual(text === undefined ? undefined : parseCommonName(text), { username, profile });
      }),
    );
  });
});

describe('who may be in', () => {
  it('is the owner of the profile, known and not blocked', () => {
    const client = { commonName: 'alice:default', username: 'alice', sinceSeconds: 5 };
    assert.equal(checkEstablished(client, { blocked: false }), undefined);
    assert.equal(checkEstablished(client, { blocked: true }), 'blocked');
    assert.equal(checkEstablished(client, undefined), 'unknown-user');
    assert.equal(checkEstablished({ ...client, username: 'bob' }, { blocked: false }), 'other-user');
    assert.equal(checkOwner('somebody', 'somebody'), 'not-a-profile');
    assert.equal(checkOwner('alice:default', 'Alice'), 'other-user');
    // Where the generic profile is served, and nowhere else.
    assert.equal(checkOwner('somebody', 'somebody', true), undefined);
    for (const name of ['alice:default', 'DEFAULT', ''])
      assert.equal(checkOwner(name, name, true), 'not-a-profile', name);
    assert.equal(checkOwner('alice', 'bob', true), 'not-a-profile');
  });
});

describe('IPv4 networks', () => {
  it('are read strictly', () => {
    assert.deepEqual(parseNetwork('10.8.0.0/24'), { address: 0x0a080000, prefix: 24 });
    assert.equal(netmask(24), '255.255.255.0');
    assert.equal(netmask(0), '0.0.0.0');
    assert.equal(netmask(32), '255.255.255.255');
    for (const text of [
      '10.8.0.1/24',
      '10.8.0.0',
      '10.8.0.0/33',
      '10.8.0/24',
      '010.8.0.0/24',
      '10.8.0.0/24/1',
      ' 10.8.0.0/24',
      '256.0.0.0/8',
    ]) {
      assert.equal(parseNetwork(text), undefined, text);
    }
  });

  it('come back as they were', () => {
    fc.assert(fc.property(fc.ipV4(), (text) => assert.equal(formatIpv4(parseIpv4(text)!), text)));
  });
});

describe('the addresses of clients', () => {
  const network = parseNetwork('10.8.0.0/29')!;

  it('start after the server and end before the broadcast address', () => {
    assert.equal(serverAddress(network), '10.8.0.1');
    const taken = new Set<string>();
    for (
      let next = firstFreeAddress(network, taken);
      next !== undefined;
      next = firstFreeAddress(network, taken)
    ) {
      taken.add(next);
    }
    assert.deepEqual([...taken], ['10.8.0.2', '10.8.0.3', '10.8.0.4', '10.8.0.5', '10.8.0.6']);
  });

  it('fill a gap first', () => {
    assert.equal(firstFreeAddress(network, new Set(['10.8.0.2', '10.8.0.4'])), '10.8.0.3');
  });

  it('do not exist in networks that are too small', () => {
    for (const text of ['10.8.0.0/30', '10.8.0.0/31', '10.8.0.0/32']) {
      const free = firstFreeAddress(parseNetwork(text)!, new Set());
      assert.equal(free, text.endsWith('/30') ? '10.8.0.2' : undefined);
    }
  });
});
