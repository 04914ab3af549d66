import type { FastifyError, FastifyInstance } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { TandemError } from '../core/errors.ts';

const statusByEnding: readonly (readonly [ending: RegExp, status: number])[] = [
  [/\.unknown$/, 404],
  [/\.(exists|standby|already-paired|in-use|conflict|settled)$/, 409],
  [/^api\.not-signed-in$|\.sign-in\.(wrong|code-needed)$/, 401],
  [/^api\.(forbidden|csrf|token\.scope)$|\.sign-in\.closed$/, 403],
  [/^api\.too-many-requests$|\.sign-in\.locked-out$/, 429],
  [/\.(refused|not-drained|not-claimed|role-lost|unreachable)$/, 503],
];

/** Which field of the request an error is about, where that is always the same. */
const fieldByCode: readonly (readonly [code: RegExp, field: string])[] = [
  [/^access\.web-certificate\.(unreadable-key|other-key)$/, 'privateKey'],
  [/^access\.web-certificate\./, 'certificate'],
  [/^access\.auth\.weak-password$/, 'password'],
  [/^(store\.(user|group)|follower)\.(name|exists)$|^accounts\.profile\.(name|revoked|other-kind)$/, 'name'],
  [/^replication\.public-key$/, 'publicKey'],
  [/^accounts\.present-password$/, 'current'],
  [/^api\.one-time-code\.wrong$/, 'code'],
  [/^accounts\.(user|token)\.expiry$/, 'expiresAt'],
  [/^(accounts\.user\.address|store\.client-address\.\w+)$/, 'address'],
  [/^accounts\.user\.route$/, 'routes'],
  [/^accounts\.access-rule$/, 'access'],
];

function fieldOf(error: TandemError): string | undefined {
  const { cause } = error;
  if (hasZodFastifySchemaValidationErrors(cause) && cause.validation.length === 1)
    return cause.validation[0]?.instancePath.split('/')[1] || undefined;
  return fieldByCode.find(([code]) => code.test(error.code))?.[1];
}

function statusOf(error: TandemError): number {
  for (const [ending, status] of statusByEnding) if (ending.test(error.code)) return status;
  return error.culprit === 'caller' ? 400 : error.culprit === 'us' ? 500 : 503;
}

/** Which node takes changes, and where its pages are. */
interface ActiveNode {
  readonly name: string;
  readonly address: string;
  readonly url: string;
}

/**
 * Every failure leaves as `{ error: { code, message, hint, culprit } }`, in words and without a stack; a standby's refusal
 * also names the active node, and what is about one field of the request names it in `field`.
 */
export function answerErrors(app: FastifyInstance, activeNode: () => ActiveNode | undefined): void {
  app.setErrorHandler((error: FastifyError | TandemError, request, reply) => {
    const known = error instanceof TandemError ? error : fromFastify(error);
    const status = statusOf(known);
    if (status === 500) request.log.error({ err: error }, 'the API failed');
    const { code, message, hint, culprit } = known;
    const field = fieldOf(known);
    const about = field === undefined ? {} : { field };
    const active = code === 'pair.standby' ? { active: activeNode() ?? null } : {};
    void reply.status(status).send({ error: { code, message, hint, culprit, ...about, ...active } });
  });
  app.setNotFoundHandler((request, reply) => {
    void reply.status(404).send({
      error: {
        code: 'api.route.unknown',
        message: `There is no ${request.method} ${request.url.split('?')[0]}.`,
        hint: 'See: tandem --help',
        culprit: 'caller',
      },
    });
  });
}

function fromFastify(error: FastifyError): TandemError {
  if (hasZodFastifySchemaValidationErrors(error)) {
    const fields = error.validation.map(
      (issue) => `${issue.instancePath.slice(1) || 'the request'}: ${issue.message}`,
    );
    return new TandemError({
      code: 'api.invalid',
      culprit: 'caller',
      message: `The request is not right: ${fields.join('; ')}`,
      hint: 'Correct what is named and try again',
      cause: error,
    });
  }
  const status = error.statusCode ?? 500;
  if (status < 500) {
    return new TandemError({
      code: 'api.invalid',
      culprit: 'caller',
      message: `The request is not right: ${error.message}`,
      hint: 'Correct it and try again',
    });
  }
  return new TandemError({
    code: 'api.internal',
    culprit: 'us',
    message: 'The service failed in a way it should not; nothing is said about it here.',
    hint: 'Look at the log: journalctl -u tandem',
    cause: error,
  });
}
