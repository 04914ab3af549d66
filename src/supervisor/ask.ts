import { Server } from 'node:net';
import { z } from 'zod';
import { TandemError } from '../core/errors.ts';
import { noticeSchema, type RequestBody, replySchema, type WatchedPacket } from '../privileged/channel.ts';
import type { Privileged } from '../privileged/privileged.ts';
import { probeAnswerSchema } from '../validation/contract.ts';

const linesSchema = z.array(z.string());
const answerTimeoutMs = 20_000;
const mostRequestsUnderWay = 64;

/** The server's end of the channel to the supervisor: Node's IPC, which only parent and child share. */
export function privilegedOverIpc(channel: NodeJS.Process): Privileged {
  const waiting = new Map<number, { resolve: (handle: unknown) => void; reject: (error: Error) => void }>();
  const packetListeners: ((packets: readonly WatchedPacket[]) => void)[] = [];
  let nextId = 0;

  channel.on('message', (message, handle: unknown) => {
    const reply = replySchema.safeParse(message);
    if (!reply.success) {
      const notice = noticeSchema.safeParse(message);
      if (notice.success) for (const listener of packetListeners) listener(notice.data.packets);
      return;
    }
    const request = waiting.get(reply.data.id);
    waiting.delete(reply.data.id);
    if (reply.data.error === undefined) request?.resolve(reply.data.probe ?? reply.data.log ?? handle);
    else request?.reject(refused(reply.data.error));
  });

  const exchange = (body: RequestBody): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (channel.send === undefined || waiting.size >= mostRequestsUnderWay) {
        reject(refused('it does not answer'));
        return;
      }
      const id = nextId++;
      const timer = setTimeout(() => {
        waiting.delete(id);
        reject(refused(`no answer to ${body.ask} within ${answerTimeoutMs / 1_000} s`));
      }, answerTimeoutMs);
      waiting.set(id, {
        resolve: (handle) => {
          clearTimeout(timer);
          resolve(handle);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      });
      channel.send({ id, body });
    });

  const tell = (body: RequestBody): void => void channel.send?.({ body });

  const ask = async (body: RequestBody): Promise<void> => {
    await exchange(body);
  };

  return {
    runHeartbeat: (heartbeat) => ask({ ask: 'heartbeat.run', heartbeat }),
    stopHeartbeat: () => ask({ ask: 'heartbeat.stop' }),
    runOpenvpn: (openvpn) => ask({ ask: 'openvpn.run', openvpn }),
    restartOpenvpn: (name, hung) => ask({ ask: 'openvpn.restart', name, hung }),
    stopOpenvpn: (name) => ask({ ask: 'openvpn.stop', name }),
    applyClientRoutes: (routes) => ask({ ask: 'client-routes.apply', routes }),
    applyFirewall: (firewall) => ask({ ask: 'firewall.apply', firewall }),
    runConnectionTracking: (connections) => ask({ ask: 'connections.run', connections }),
    followConnections: (serving) => ask({ ask: 'connections.follow', serving }),
    onPackets: (listener) => void packetListeners.push(listener),
    sendTickle: (tickle) => tell({ ask: 'recall.tickle', tickle }),
    nudge: (nudge) => tell({ ask: 'recall.nudge', nudge }),
    sendRecall: (recall) => tell({ ask: 'recall.send', recall }),
    listen: async (listen) => {
      const server = await exchange({ ask: 'listen', listen });
      if (server instanceof Server) return server;
      throw refused('it handed no port over');
    },
    readLog: async (lines) => linesSchema.parse(await exchange({ ask: 'log.read', lines })),
    probeLan: async (probe) => probeAnswerSchema.parse(await exchange({ ask: 'lan.probe', probe })),
  };
}

function refused(reason: string): TandemError {
  return new TandemError({
    code: 'supervisor.refused',
    culprit: 'operator',
    message: `The supervisor could not do what the server asked: ${reason}`,
    hint: 'Look at the log: journalctl -u tandem',
  });
}
