import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { certificateWarnings } from '../../../src/accounts/certificate-renewal.ts';
import type { Actor } from '../../../src/store/actor.ts';
import { type ServedNode, serveNode, signIn } from '../api/served-node.ts';
import { startAuthority } from './authority.ts';
import { type Issued, issue, keyPem } from './issuer.ts';

const root: Actor = { name: 'root', via: 'cli' };
const password = 'right horse battery';
const name = 'vpn.example.com';

interface Office {
  readonly served: ServedNode;
  change(method: string, path: string, body?: unknown): ReturnType<ServedNode['ask']>;
}

async function office(context: TestContext): Promise<Office> {
  const served = await serveNode(context);
  await served.node.users.add(root, { name: 'boss', password });
  await served.node.users.set(root, 'boss', { administrator: true });
  const boss = await signIn(served, 'boss', password);
  // Once the pages prove themselves otherwise, the administrator's own requests trust that too.
  return {
    served,
    change: (method, path, body) =>
      served.ask(method, `/api/v1/web/certificate${path}`, { headers: boss.headers, body }),
  };
}

/** What a browser sees that trusts `ca` and asks for `servername`; rejects where it would warn. */
function seenBy(
  served: ServedNode,
  options: ConnectionOptions,
): Promise<ReturnType<TLSSocket['getPeerCertificate']>> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: served.port, ...options }, () => {
      resolve(socket.getPeerCertificate());
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

async function seenSoon(served: ServedNode, options: ConnectionOptions): Promise<string> {
  for (let tries = 0; ; tries += 1) {
    try {
      return (await seenBy(served, options)).subject.CN as string;
    } catch (error) {
      if (tries > 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

function codeOf(answer: { body: Record<string, unknown> }): unknown {
  return (answer.body['error'] as { code?: string } | undefined)?.code;
}

async function chainOf(
  wish: Partial<Parameters<typeof issue>[0]> = {},
): Promise<{ leaf: Issued; between: Issued; top: Issued }> {
  const top = await issue({ name: 'Example root', authority: true });
  const between = await issue({ name: 'Example intermediate', authority: true, issuer: top });
  const leaf = await issue({ name, issuer: between, names: [name, '10.0.0.100'], ...wish });
  return { leaf, between, top };
}

describe('a certificate that an administrator brings', () => {
  it('is served in the right order, whatever order it came in; its key comes out nowhere; and the own one returns', async (context) => {
    const { served, change } = await office(context);
    const own = await change('GET', '');
    assert.equal(own.body['source'], 'own');
    const { leaf, between, top } = await chainOf();
    const brought = { certificate: top.pem + between.pem + leaf.pem, privateKey: await keyPem(leaf) };

    const dry = await change('PUT', '', { ...brought, dryRun: true });
    assert.equal(dry.status, 200, dry.text);
    assert.deepEqual(dry.body['names'], [name, '10.0.0.100']);
    assert.equal(
      (await change('GET', '')).body['fingerprint'],
      own.body['fingerprint'],
      'nothing was changed',
    );

    const put = await change('PUT', '', brought);
    assert.equal(put.status, 200, put.text);
    assert.deepEqual(put.body['chain'], ['CN=Example intermediate']);
    assert.ok((put.body['notNamed'] as string[]).includes('127.0.0.1'));
    assert.equal(await seenSoon(served, { ca: top.pem, servername: name }), name);
    const key = (await keyPem(leaf)).slice(60, 110);
    for (const { value } of served.store.settings.list()) assert.ok(!JSON.stringify(value).includes(key));
    for (const { text } of [put, dry]) assert.ok(!text.includes(key));

    // What the standby gets by the journal it serves as well.
    const standby = await serveNode(context, { start: 'failover' });
    standby.store.apply(...served.store.entriesAfter(0, 1_000));
    assert.equal(await seenSoon(standby, { ca: top.pem, servername: name }), name);

    await served.node.web.certificates.reset(root);
    assert.equal(served.node.web.certificates.source, 'own');
    const again = served.store.identity.get('web-certificate');
    assert.equal(await seenSoon(served, { ca: again, servername: 'node-t' }), 'Tandem');
  });

  it('warns of its end, which our own never does', async (context) => {
    const { served } = await office(context);
    const { leaf, between } = await chainOf({ until: 20 });
    const now = Date.now();
    assert.deepEqual(certificateWarnings(served.store, now + 390 * 86_400_000), []);
    const certificatePem = leaf.pem + between.pem;
    await served.node.web.certificates.bring(
      root,
      { certificatePem, privateKeyPem: await keyPem(leaf) },
      false,
    );
    assert.match(
      certificateWarnings(served.store, now).join(),
      /certificate of the pages ends on .*bring a new one/,
    );
    assert.match(
      certificateWarnings(served.store, now + 30 * 86_400_000).join(),
      /certificate of the pages has ended/,
    );
  });

  it('is refused with the reason when it cannot serve', async (context) => {
    const { served, change } = await office(context);
    const { leaf, between, top } = await chainOf();
    const stranger = await chainOf();
    const of = async (wish: Partial<Parameters<typeof issue>[0]>): Promise<[string, string]> => {
      const made = await issue({ name, issuer: between, names: [name], ...wish });
      return [made.pem, await keyPem(made)];
    };
    const unnamed = await issue({ name, issuer: between });
    const old = await issue({ name: 'Old', authority: true, issuer: top, from: -9, until: -1 });
    const below = await issue({ name, issuer: old, names: [name] });
    const cases: [code: string, certificate: string, privateKey: string][] = [
      ['unreadable', 'no certificate', await keyPem(leaf)],
      ['unreadable', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', await keyPem(leaf)],
      ['unreadable', leaf.pem.repeat(9), await keyPem(leaf)],
      ['unreadable-key', leaf.pem, 'no key'],
      [
        'unreadable-key',
        leaf.pem,
        '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----',
      ],
      ['other-key', leaf.pem, await keyPem(stranger.leaf)],
      ['key-type', ...(await of({ key: 'P-521' }))],
      ['key-type', ...(await of({ key: 'RSA-1024' }))],
      ['expired', ...(await of({ from: -9, until: -1 }))],
      ['early', ...(await of({ from: 2 }))],
      ['nameless', unnamed.pem, await keyPem(unnamed)],
      ['usage', ...(await of({ usage: '1.3.6.1.5.5.7.3.2' }))],
      ['chain', leaf.pem + stranger.between.pem, await keyPem(leaf)],
      ['expired', below.pem + old.pem, await keyPem(below)],
    ];
    const before = served.store.position.sequence;
    for (const [code, certificate, privateKey] of cases) {
      const answer = await change('PUT', '', { certificate, privateKey });
      assert.equal(answer.status, 400, answer.text);
      assert.equal(codeOf(answer), `access.web-certificate.${code}`, answer.text);
      assert.ok(!answer.text.includes('PRIVATE KEY'), answer.text);
    }
    assert.equal(served.store.position.sequence, before, 'nothing was changed');
    const [certificate, privateKey] = await of({ key: 'RSA-2048' });
    assert.equal(
      (await change('PUT', '', { certificate: certificate + between.pem, privateKey })).status,
      200,
    );
  });
});

describe('a certificate that is ordered', () => {
  it('is served by both nodes, is ordered anew in its last third, and a refusal changes nothing', async (context) => {
    const { served, change } = await office(context);
    const authority = await startAuthority(context);
    const wish = {
      domains: [name],
      email: 'admin@example.com',
      directory: authority.directory,
      directoryCa: authority.root.pem,
    };
    const before = served.store.position.sequence;
    authority.leadsTo = () => served.port;
    const refused = await change('PUT', '/acme', wish);
    assert.equal(refused.status, 503, refused.text);
    assert.equal(codeOf(refused), 'access.acme.refused');
    assert.match(refused.text, /gave no certificate for vpn\.example\.com: .*vpn\.example\.com answered/);
    assert.equal(served.store.position.sequence, before, 'nothing was changed');
    assert.equal(served.opened(80), undefined, 'port 80 is closed again');

    const untrusted = await change('PUT', '/acme', { ...wish, directoryCa: (await chainOf()).top.pem });
    assert.equal(codeOf(untrusted), 'access.acme.refused', untrusted.text);

    authority.leadsTo = () => served.opened(80);
    const [done, twin] = await Promise.all([change('PUT', '/acme', wish), change('PUT', '/acme', wish)]);
    assert.equal(codeOf(twin), 'pair.web-certificate.conflict', twin.text);
    assert.equal(done.status, 200, done.text);
    assert.equal(done.body['source'], 'acme');
    assert.equal(await seenSoon(served, { ca: authority.root.pem, servername: name }), name);
    assert.equal(served.opened(80), undefined, 'port 80 is closed again');
    const { certificates } = served.node.web;
    await certificates.look();
    const issued = authority.orders.filter(({ status }) => status === 'valid');
    assert.equal(issued.length, 1, 'what is fresh is not ordered anew');

    const standby = await serveNode(context, { start: 'failover' });
    standby.store.apply(...served.store.entriesAfter(0, 1_000));
    assert.equal(await seenSoon(standby, { ca: authority.root.pem, servername: name }), name);
    await assert.rejects(standby.node.web.certificates.order(root, wish), /standby/);

    const first = certificates.served().certificatePem;
    served.clock.skipDays(50);
    await certificates.look();
    assert.equal(certificates.served().certificatePem, first, 'not before its last third');
    served.clock.skipDays(12);
    authority.leadsTo = () => undefined;
    await certificates.look();
    await until(() => certificates.failure !== undefined);
    assert.equal(certificates.served().certificatePem, first, 'a renewal that fails changes nothing');
    authority.leadsTo = () => served.opened(80);
    await certificates.look();
    assert.equal(served.opened(80), undefined, 'it is not asked again at once');
    served.clock.skipDays(1);
    await certificates.look();
    await until(() => certificates.failure === undefined);
    assert.notEqual(certificates.served().certificatePem, first);
    assert.equal(
      authority.accounts.size,
      2,
      'one account for all that came about, one of the order that failed',
    );
  });

  it('is refused before anybody is asked when the wish is not right', async (context) => {
    const { change } = await office(context);
    const wish = { domains: [name], email: 'admin@example.com', directory: 'https://127.0.0.1:1/directory' };
    for (const wrong of [
      { ...wish, domains: [] },
      { ...wish, domains: ['*.example.com'] },
      { ...wish, domains: ['10.0.0.1'] },
      { ...wish, domains: ['localhost'] },
      { ...wish, email: 'nobody' },
      { ...wish, directory: 'http://127.0.0.1/directory' },
      { ...wish, directoryCa: 'no certificate' },
      { ...wish, more: 1 },
    ]) {
      const answer = await change('PUT', '/acme', wrong);
      assert.equal(answer.status, 400, JSON.stringify(wrong));
      assert.equal(codeOf(answer), 'api.invalid', answer.text);
    }
  });
});

async function until(seen: () => boolean): Promise<void> {
  for (let tries = 0; !seen(); tries += 1) {
    assert.ok(tries < 400, 'it never came about');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
