import { Socket } from 'node:net';

type Written = (error?: Error | null) => void;

/** A TCP connection on which everything written in one go leaves in one segment: ssh2 writes each packet in several pieces. */
export class PacketSocket extends Socket {
  #gathering = false;

  override write(chunk: Uint8Array | string, done?: Written): boolean;
  override write(chunk: Uint8Array | string, encoding?: BufferEncoding, done?: Written): boolean;
  override write(
    chunk: Uint8Array | string,
    encodingOrDone?: BufferEncoding | Written,
    done?: Written,
  ): boolean {
    if (!this.#gathering) {
      this.#gathering = true;
      this.cork();
      process.nextTick(() => {
        this.#gathering = false;
        this.uncork();
      });
    }
    return typeof encodingOrDone === 'string'
      ? super.write(chunk, encodingOrDone, done)
      : super.write(chunk, encodingOrDone);
  }
}

/**
 * Connects within `timeoutMs`, or rejects. On one's own network a machine that runs answers within milliseconds; one that is just
 * starting would otherwise be heard only when the kernel repeats its question, which takes it up to seven seconds.
 */
export function connectWithin(host: string, port: number, timeoutMs: number): Promise<PacketSocket> {
  const socket = new PacketSocket();
  socket.setNoDelay(true);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => socket.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    socket.once('error', reject);
    socket.once('close', () => clearTimeout(timer));
    socket.connect(port, host, () => {
      clearTimeout(timer);
      socket.off('error', reject);
      resolve(socket);
    });
  });
}
