import { createServer, type Server } from 'node:net';
import { TandemError } from '../core/errors.ts';
import type { Config } from './config/schema.ts';
import { familyOf } from './config/virtual-router.ts';

/**
 * Lets only one heartbeat run for a VHID on an interface, however each is configured. The name is in the abstract
 * namespace (unix(7)): it belongs to the network namespace, leaves no file, and is free again when the process dies.
 */
export async function lockInstance(interfaceIndex: number, config: Config): Promise<Server> {
  const { interface: interfaceName, vhid, protocol } = config;
  // Virtual routers of two families are two, whatever their number (RFC 9568 §5.2.3).
  const kind = `${protocol}-${familyOf(config)}`;
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      reject(
        new TandemError({
          code: 'heartbeat.already-running',
          culprit: 'operator',
          message: `another heartbeat runs for VHID ${vhid} on ${interfaceName}`,
          hint: 'stop it first, or choose another VHID',
          cause,
        }),
      );
    });
    server.listen(`\0tandem-heartbeat-${kind}-${interfaceIndex}-${vhid}`, resolve);
  });
  server.unref();
  return server;
}
