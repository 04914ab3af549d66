import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import serveStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { pagePolicy } from '../policies/pages.ts';
import { contentSecurityPolicy, freshNonce } from './headers.ts';

/** Stands in the built page where the nonce of each answer goes (Vite's `html.cspNonce`). */
const noncePlaceholder = '__CSP_NONCE__';

const notBuilt = `<!doctype html><html lang="en"><title>Tandem</title><p>The pages are not built on this node. The API answers under /api/v1; its description is at /api/docs.</p></html>`;

/**
 * The built pages: files under `/assets` never change and may be kept; every other path is the one page, which finds out
 * itself what to show.
 */
export async function servePages(app: FastifyInstance, directory: string): Promise<void> {
  const built = existsSync(join(directory, 'index.html'));
  if (built) await app.register(serveStatic, { root: directory, serve: false });

  app.get('/assets/*', { config: { policy: pagePolicy.read }, schema: { hide: true } }, (request, reply) => {
    if (!built) return reply.callNotFound();
    const path = new URL(request.url, 'https://node').pathname.slice(1);
    return reply.sendFile(path, { maxAge: 31_536_000_000, immutable: true });
  });

  const page = (_request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const nonce = freshNonce();
    const html = built ? readFileSync(join(directory, 'index.html'), 'utf8') : notBuilt;
    return reply
      .header('content-security-policy', contentSecurityPolicy(nonce))
      .type('text/html; charset=utf-8')
      .send(html.replaceAll(noncePlaceholder, nonce));
  };
  app.get('/', { config: { policy: pagePolicy.read }, schema: { hide: true } }, page);
  app.get('/*', { config: { policy: pagePolicy.read }, schema: { hide: true } }, (request, reply) => {
    const { pathname } = new URL(request.url, 'https://node');
    if (pathname.startsWith('/api/')) return reply.callNotFound();
    // A file beside the page, such as its icon; anything with an ending that is not there is not there.
    const file = /^\/[\w-]+\.[a-z0-9]{2,11}$/.test(pathname) ? pathname.slice(1) : undefined;
    if (file === undefined) return page(request, reply);
    if (file === 'index.html' || !built || !existsSync(join(directory, file))) return reply.callNotFound();
    return reply.sendFile(file);
  });
}
