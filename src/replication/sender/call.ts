import { type Greeting, negotiate } from '../../core/replication/greeting.ts';
import { systemClock } from '../clock.ts';
import { complaintError, linkError } from '../errors.ts';
import { MessageStream } from '../message-stream.ts';
import type { Connect } from './link.ts';

/** One greeting to the other node and its answer: where it stands. @throws TandemError `replication.*` */
export async function callPeer(connect: Connect, own: Greeting, timeoutMs: number): Promise<Greeting> {
  const link = await connect();
  const stream = new MessageStream(link.stream, systemClock);
  try {
    stream.send({ kind: 'greeting', greeting: own });
    for await (const messages of stream.portions(() => timeoutMs)) {
      const [first] = messages;
      if (first?.kind !== 'greeting') break;
      const agreed = negotiate(own, first.greeting);
      if ('code' in agreed) throw complaintError(agreed);
      return first.greeting;
    }
    throw linkError('garbled', 'the other node did not answer a greeting with its own');
  } finally {
    stream.destroy();
    link.close();
  }
}
