import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
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

const storedSchema = z.object({ name: z.string(), via: z.string() });

/** Of a journal entry: `admin via cli`. */
export function actorInWords(stored: string): string {
  const { name, via } = storedSchema.parse(JSON.parse(stored));
  return `${name} via ${via}`;
}

export function actorName(stored: string): string {
  return storedSchema.parse(JSON.parse(stored)).name;
}
