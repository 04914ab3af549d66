import { Agent } from 'node:https';
import { TandemError } from '../../core/errors.ts';
import { arrangeWebCertificate } from '../pki/brought-certificate.ts';
import type { WebCertificate } from '../pki/web-certificate.ts';

const requestTimeoutMs = 15_000;
/** Of the whole order; whoever waits for it gives up soon after. */
const orderTimeoutMs = 50_000;
const pollMs = { min: 1_000, max: 5_000 } as const;
const mostPolls = 12;
const mostDetail = 600;

export interface AcmeOrder {
  readonly directory: string;
  readonly directoryCa: string | undefined;
  readonly email: string;
  readonly domains: readonly string[];
  /** Who orders, PEM; the authority knows its account by it. */
  readonly accountKeyPem: string;
  /** Lays out what the authority will fetch from `http://DOMAIN/.well-known/acme-challenge/TOKEN` (RFC 8555 §8.3). */
  readonly answer: (token: string, content: string) => void;
}

/** A key for a new account. */
export async function createAccountKey(): Promise<string> {
  const { crypto } = await import('acme-client');
  return String(await crypto.createPrivateEcdsaKey('P-256'));
}

/**
 * Orders a certificate (RFC 8555, challenge http-01) with a new EC P-256 key. Accepts the terms of the authority.
 * @throws TandemError `access.acme.refused` with what the authority said, and what `arrangeWebCertificate` throws
 */
export async function orderCertificate(order: AcmeOrder): Promise<WebCertificate> {
  // Loaded when it is needed, a few times a year: it brings an HTTP client and more with it.
  const { axios, Client, crypto } = await import('acme-client');
  const agent = new Agent(order.directoryCa === undefined ? {} : { ca: order.directoryCa });
  Object.assign(axios.defaults, {
    httpsAgent: agent,
    timeout: requestTimeoutMs,
    // A redirect would take the order to somebody else, a proxy of the environment too.
    maxRedirects: 0,
    proxy: false,
    acmeSettings: { retryMaxAttempts: 1, retryDefaultDelay: 2 },
  });
  try {
    const client = new Client({
      directoryUrl: order.directory,
      accountKey: order.accountKeyPem,
      backoffAttempts: mostPolls,
      backoffMin: pollMs.min,
      backoffMax: pollMs.max,
    });
    const [commonName = ''] = order.domains;
    const [key, csr] = await crypto.createCsr(
      { commonName, altNames: [...order.domains] },
      await crypto.createPrivateEcdsaKey('P-256'),
    );
    const certificatePem = await withinTime(
      client.auto({
        csr,
        email: order.email,
        termsOfServiceAgreed: true,
        // The name need not lead here from within; the authority alone decides.
        skipChallengeVerification: true,
        challengePriority: ['http-01'],
        challengeCreateFn: async (authorization, challenge, content) => {
          if (challenge.type !== 'http-01')
            throw new Error(`it offers no http-01 for ${authorization.identifier.value}`);
          order.answer(challenge.token, content);
        },
        challengeRemoveFn: async () => undefined,
      }),
    );
    return arrangeWebCertificate(certificatePem, String(key), new Date());
  } catch (error) {
    throw error instanceof TandemError ? error : refused(order, error);
  } finally {
    agent.destroy();
  }
}

async function withinTime<Result>(work: Promise<Result>): Promise<Result> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error(`it was not done within ${orderTimeoutMs / 1_000} s`)),
    orderTimeoutMs,
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function refused({ directory, domains }: AcmeOrder, cause: unknown): TandemError {
  const detail = (cause instanceof Error ? cause.message : String(cause)).slice(0, mostDetail);
  return new TandemError({
    code: 'access.acme.refused',
    culprit: 'operator',
    message: `${new URL(directory).host} gave no certificate for ${domains.join(', ')}: ${detail}`,
    hint: 'Each name must lead to the shared address from where the authority is, port 80 included',
    cause,
  });
}
