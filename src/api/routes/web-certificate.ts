import { isIP } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { factsOf, namesNotCovered } from '../../access/pki/brought-certificate.ts';
import type { Node } from '../../pair/node.ts';
import { readAcmeSettings } from '../../settings/acme.ts';
import { readVpnSettings } from '../../settings/read.ts';
import { actorOf } from '../actor.ts';
import { webCertificatePolicy } from '../policies/web-certificate.ts';
import { isoTime } from '../properties.ts';
import {
  acmeRequestSchema,
  type WebCertificateView,
  webCertificateAnswerSchema,
  webCertificateRequestSchema,
  webCertificateSchema,
} from '../web-certificate-contract.ts';

export function webCertificateRoutes(instance: FastifyInstance, node: Node): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const { certificates } = node.web;
  const change = { policy: webCertificatePolicy.change };

  app.get(
    '/web/certificate',
    {
      config: { policy: webCertificatePolicy.show },
      schema: { response: { 200: webCertificateSchema } },
    },
    () => present(node, certificates.source, certificates.served().certificatePem),
  );

  app.put(
    '/web/certificate',
    {
      config: change,
      schema: { body: webCertificateRequestSchema, response: { 200: webCertificateAnswerSchema } },
    },
    async (request) => {
      const { certificate, privateKey, dryRun } = request.body;
      const brought = { certificatePem: certificate, privateKeyPem: privateKey };
      const done = await certificates.bring(actorOf(request), brought, dryRun);
      return {
        ...present(node, 'brought', done.certificate.certificatePem),
        protected: done.protected,
      };
    },
  );

  app.put(
    '/web/certificate/acme',
    {
      config: change,
      schema: { body: acmeRequestSchema, response: { 200: webCertificateAnswerSchema } },
    },
    async (request) => {
      const done = await certificates.order(actorOf(request), request.body);
      return { ...present(node, 'acme', certificates.served().certificatePem), protected: done.protected };
    },
  );

  app.delete(
    '/web/certificate',
    { config: change, schema: { response: { 200: webCertificateAnswerSchema } } },
    async (request) => {
      const done = await certificates.reset(actorOf(request));
      return { ...present(node, 'own', certificates.served().certificatePem), protected: done.protected };
    },
  );
}

function present(
  node: Node,
  source: WebCertificateView['source'],
  certificatePem: string,
): WebCertificateView {
  const { notBefore, notAfter, ...facts } = factsOf(certificatePem);
  const { failure } = node.web.certificates;
  const { host } = readVpnSettings(node.store);
  const notNamed = namesNotCovered(certificatePem, node.web.names());
  const warnings = [
    ...(source !== 'own' && isIP(host) === 0 && notNamed.includes(host)
      ? [`It does not name ${host}, where profiles lead: whoever opens the pages there is warned.`]
      : []),
    ...(source === 'brought' && facts.chain.length === 0 && facts.issuer !== facts.subject
      ? [`No issuer came along: programs that do not know “${facts.issuer}” themselves will not trust it.`]
      : []),
    ...(source === 'acme' && failure !== undefined
      ? [`Its renewal failed on ${isoTime(failure.at)}: ${failure.message}`]
      : []),
  ];
  return {
    source,
    ...facts,
    notNamed,
    notBefore: isoTime(notBefore),
    notAfter: isoTime(notAfter),
    warnings,
    acme: source === 'acme' ? (readAcmeSettings(node.store) ?? null) : null,
  };
}
