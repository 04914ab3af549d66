import { createHash, createPublicKey, randomUUID, verify, type webcrypto } from 'node:crypto';
import { get } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { Pkcs10CertificateRequest } from '@peculiar/x509';
import { type Issued, issue, keyPem } from './issuer.ts';

interface Order {
  readonly names: readonly string[];
  readonly token: string;
  status: 'pending' | 'ready' | 'valid' | 'invalid';
  problem?: { readonly type: string; readonly detail: string };
  chain?: string;
}

interface Answer {
  readonly status?: number;
  readonly body?: unknown;
  readonly location?: string;
}

export interface Authority {
  readonly directory: string;
  /** Whom to trust for the authority's own door, and for what it issues. */
  readonly root: Issued;
  readonly orders: readonly Order[];
  /** The keys of those who ordered. */
  readonly accounts: ReadonlyMap<string, webcrypto.JsonWebKey>;
  /** Where a name leads: the port that answers on its port 80. */
  leadsTo: () => number | undefined;
}

/** As much of RFC 8555 as one order for http-01 needs: signed requests, nonces, orders, and the question on port 80. */
export async function startAuthority(context: TestContext): Promise<Authority> {
  const root = await issue({ name: 'Test root', authority: true });
  const intermediate = await issue({ name: 'Test intermediate', authority: true, issuer: root });
  const door = await issue({ name: 'door', issuer: root, names: ['127.0.0.1'] });
  const nonces = new Set<string>();
  const accounts = new Map<string, webcrypto.JsonWebKey>();
  const orders: Order[] = [];
  const freshNonce = (): string => {
    const nonce = randomUUID();
    nonces.add(nonce);
    return nonce;
  };

  const server = createServer({ cert: door.pem, key: await keyPem(door) }, async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const path = request.url ?? '/';
    let answer: Answer;
    try {
      answer = request.method === 'POST' ? await post(path, signed(text, path)) : look(path);
    } catch (error) {
      answer = { status: 400, body: { type: 'malformed', detail: String(error) } };
    }
    const { status = 200, body, location } = answer;
    response.writeHead(status, {
      'replay-nonce': freshNonce(),
      ...(location === undefined ? {} : { location: base + location }),
      'content-type': typeof body === 'string' ? 'application/pem-certificate-chain' : 'application/json',
    });
    response.end(typeof body === 'string' ? body : JSON.stringify(body ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });

  function look(path: string): Answer {
    if (path !== '/directory') return {};
    return {
      body: { newNonce: `${base}/nonce`, newAccount: `${base}/account`, newOrder: `${base}/order` },
    };
  }

  /** RFC 8555 §6.2: ES256, for this very address, with a nonce of ours that was not used before. */
  function signed(text: string, path: string): { key: string; payload: Record<string, unknown> } {
    const jws = JSON.parse(text) as Record<'protected' | 'payload' | 'signature', string>;
    const header = decoded(jws.protected) as {
      alg: string;
      nonce: string;
      url: string;
      kid?: string;
      jwk?: webcrypto.JsonWebKey;
    };
    if (header.alg !== 'ES256' || header.url !== base + path) throw new Error('wrong header');
    if (!nonces.delete(header.nonce)) throw new Error('bad nonce');
    const jwk = header.jwk ?? accounts.get(header.kid?.split('/').at(-1) ?? '');
    if (jwk === undefined) throw new Error('unknown account');
    const key = createPublicKey({ key: { ...jwk }, format: 'jwk' });
    const right = verify(
      'sha256',
      Buffer.from(`${jws.protected}.${jws.payload}`),
      { key, dsaEncoding: 'ieee-p1363' },
      Buffer.from(jws.signature, 'base64url'),
    );
    if (!right) throw new Error('bad signature');
    const id = thumbprint(jwk);
    accounts.set(id, jwk);
    return { key: id, payload: jws.payload === '' ? {} : decoded(jws.payload) };
  }

  async function post(
    path: string,
    { key, payload }: { key: string; payload: Record<string, unknown> },
  ): Promise<Answer> {
    const [, noun, at = '0'] = path.split('/');
    const place = Number(at);
    if (noun === 'account') return { status: 201, body: { status: 'valid' }, location: `/account/${key}` };
    if (noun === 'order' && path === '/order') {
      const names = (payload['identifiers'] as { value: string }[]).map(({ value }) => value);
      orders.push({ names, token: randomUUID(), status: 'pending' });
      return { status: 201, body: presented(orders.length - 1), location: `/order/${orders.length - 1}` };
    }
    const order = orders[place];
    if (order === undefined) return { status: 404, body: { detail: 'no such thing' } };
    if (noun === 'order') return { body: presented(place) };
    if (noun === 'challenge') {
      await validate(order, key);
      return { body: challenge(place) };
    }
    if (noun === 'authorization')
      return {
        body: {
          identifier: { type: 'dns', value: order.names[0] },
          status: order.status === 'ready' ? 'valid' : order.status,
          challenges: [challenge(place)],
        },
      };
    if (noun === 'finalize') {
      await finalize(order, String(payload['csr']));
      return { body: presented(place) };
    }
    return { body: order.chain };
  }

  /** One authorization for the whole order: the test orders one name at a time. */
  function presented(place: number): unknown {
    const order = orders[place];
    return {
      status: order?.status,
      identifiers: order?.names.map((value) => ({ type: 'dns', value })),
      authorizations: [`${base}/authorization/${place}`],
      finalize: `${base}/finalize/${place}`,
      certificate: `${base}/certificate/${place}`,
    };
  }

  function challenge(place: number): unknown {
    const order = orders[place];
    const status = order?.status === 'ready' ? 'valid' : order?.status;
    return {
      type: 'http-01',
      url: `${base}/challenge/${place}`,
      token: order?.token,
      status,
      error: order?.problem,
    };
  }

  async function validate(order: Order, key: string): Promise<void> {
    const port = authority.leadsTo();
    const heard = port === undefined ? 'connection refused' : await ask(port, order);
    if (heard === `${order.token}.${key}`) order.status = 'ready';
    else {
      order.status = 'invalid';
      order.problem = {
        type: 'urn:ietf:params:acme:error:unauthorized',
        detail: `${order.names[0]} answered: ${heard}`,
      };
    }
  }

  async function finalize(order: Order, csr: string): Promise<void> {
    if (order.status !== 'ready') throw new Error('order not ready');
    const request = new Pkcs10CertificateRequest(Buffer.from(csr, 'base64url'));
    const publicKey = await request.publicKey.export();
    const leaf = await issue({
      name: order.names[0] ?? '',
      issuer: intermediate,
      names: order.names,
      publicKey,
    });
    order.chain = leaf.pem + intermediate.pem;
    order.status = 'valid';
  }

  const authority: Authority = {
    directory: `${base}/directory`,
    root,
    orders,
    accounts,
    leadsTo: () => undefined,
  };
  return authority;
}

function ask(port: number, { names, token }: Order): Promise<string> {
  return new Promise((resolve) => {
    const path = `/.well-known/acme-challenge/${token}`;
    get({ host: '127.0.0.1', port, path, headers: { host: names[0] }, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve(response.statusCode === 200 ? text : `status ${response.statusCode}`));
    }).on('error', (error) => resolve(error.message));
  });
}

function decoded(text: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Record<string, unknown>;
}

/** RFC 7638, of an EC key. */
function thumbprint({ crv, kty, x, y }: webcrypto.JsonWebKey): string {
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
}
