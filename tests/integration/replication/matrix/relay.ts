import { rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { encodeFrame, FrameDecoder } from '../../../../src/core/replication/frame.ts';

/** Struck when the nth frame of this type passes. `back` is from standby to active. */
export interface LinkBlow {
  readonly direction: 'out' | 'back';
  readonly type: number;
  readonly nth: number;
  readonly how: 'cut before' | 'cut within' | 'cut after' | 'garble' | 'silence' | 'delay' | 'call';
  /** For `call`: done before the frame passes. */
  readonly call?: () => Promise<void>;
}

/** The link between the two nodes, frame by frame, and what can happen to it. */
export class Relay {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #blow: LinkBlow | undefined;
  #seen = 0;
  #silent = false;
  #cut = false;
  struck = false;

  constructor(path: string, target: () => string) {
    rmSync(path, { force: true });
    this.#server = createServer((near) => {
      if (this.#cut) {
        near.destroy();
        return;
      }
      const far = connect(target());
      for (const socket of [near, far]) {
        this.#sockets.add(socket);
        socket.on('error', () => {});
        socket.on('close', () => {
          this.#sockets.delete(socket);
          near.destroy();
          far.destroy();
        });
      }
      this.#pass(near, far, 'out');
      this.#pass(far, near, 'back');
    }).listen(path);
  }

  arm(blow: LinkBlow | undefined): void {
    this.#blow = blow;
    this.#seen = 0;
    this.struck = false;
  }
  cut(): void {
    this.#cut = true;
    this.#hangUp();
  }
  mend(): void {
    this.#cut = false;
    if (this.#silent) this.#hangUp();
    this.#silent = false;
  }
  close(): void {
    this.#hangUp();
    this.#server.close();
  }

  #hangUp(): void {
    for (const socket of [...this.#sockets]) socket.destroy();
  }

  #pass(from: Socket, to: Socket, direction: LinkBlow['direction']): void {
    const decoder = new FrameDecoder();
    let before: Promise<void> = Promise.resolve();
    from.on('data', (chunk: Buffer) => {
      const frames = decoder
        .push(Buffer.from(chunk))
        .map((frame) => ({ type: frame.type, bytes: encodeFrame(frame) }));
      before = before.then(async () => {
        for (const { type, bytes } of frames)
          await this.#frame(direction, type, Buffer.from(bytes), from, to);
      });
    });
  }

  async #frame(
    direction: 'out' | 'back',
    type: number,
    bytes: Buffer,
    from: Socket,
    to: Socket,
  ): Promise<void> {
    const blow = this.#blow;
    const due =
      blow !== undefined && blow.direction === direction && blow.type === type && ++this.#seen === blow.nth;
    if (due) {
      this.#blow = undefined;
      this.struck = true;
    }
    const how = due ? blow.how : 'pass';
    if (how === 'call') await blow?.call?.();
    if (how === 'delay') await new Promise((resolve) => setTimeout(resolve, 150));
    if (how === 'silence') this.#silent = true;
    if (how === 'garble') bytes[bytes.length >> 1] = bytes[bytes.length >> 1]! ^ 0x10;
    if (this.#silent) return;
    if (how === 'cut before') from.destroy();
    else if (how === 'cut within') to.write(bytes.subarray(0, bytes.length >> 1), () => from.destroy());
    else if (!to.destroyed) to.write(bytes);
    if (how === 'cut after') to.end(() => from.destroy());
  }
}
