import type { FastifyRequest } from 'fastify';
import type { Actor } from '../store/actor.ts';

const longestName = 64;

/** Who the journal names for a change: who is signed in, or the name that a command on the unix socket gives. */
export function actorOf(request: FastifyRequest): Actor {
  const { principal } = request;
  if (principal !== undefined && principal.via !== 'cli') return { name: principal.name, via: principal.via };
  const header = request.headers['x-tandem-actor'];
  const name = typeof header === 'string' ? safelyDecoded(header).slice(0, longestName) : '';
  return { name: name === '' ? 'root' : name, via: 'cli' };
}

function safelyDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
