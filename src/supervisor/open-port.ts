import { createServer, type Server } from 'node:net';
import type { ListenRequest } from '../privileged/channel.ts';

/**
 * A TCP port, open and listening, for the server to take over: ports below 1024 are for root to open. Whoever connects in
 * the moment before that is sent away and comes again.
 */
export function openPort({ address, port }: ListenRequest): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', reject);
    server.listen({ host: address, port, ipv6Only: address === '::' }, () => resolve(server));
  });
}
