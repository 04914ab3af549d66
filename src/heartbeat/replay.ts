import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { TandemError } from '../core/errors.ts';
import { toMilliseconds } from '../core/time/duration.ts';
import { between, type Instant } from '../core/time/instant.ts';
import type { Input } from '../core/vrrp/inputs.ts';
import { step } from '../core/vrrp/instance.ts';
import type { State } from '../core/vrrp/state.ts';
import { printDeadline, printEffect } from '../core/vrrp/trace.ts';
import { decodeLine } from './recording.ts';

/**
 * Plays a recording through the protocol again and yields the trace, line by line: each input with what it made the
 * node do. Throws `TandemError` when the file is no recording.
 */
export async function* replay(file: string): AsyncGenerator<string> {
  let state: State | undefined;
  let begin: Instant | undefined;
  let number = 0;
  for await (const text of createInterface({
    input: createReadStream(file),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    number += 1;
    const line = decodeLine(text);
    if (line === undefined) throw notARecording(file, `line ${number} is not part of one`);
    if ('state' in line) {
      state = line.state;
      begin ??= line.at;
      yield `0 ms: ${printDeadline(state, begin)}`;
      continue;
    }
    if (state === undefined || begin === undefined) throw notARecording(file, 'its first line is no state');
    yield `${toMilliseconds(between(begin, line.at)).toFixed(3)} ms ${inputText(line.input)}`;
    const next = step(state, line.at, line.input);
    state = next.state;
    for (const effect of next.effects) yield `  ${printEffect(effect)}`;
    if (next.effects.length > 0) yield printDeadline(state, begin);
  }
  if (state === undefined) throw notARecording(file, 'it is empty');
}

function inputText(input: Input): string {
  switch (input.type) {
    case 'datagram':
      return `datagram from ${input.datagram.source.bytes.join('.')} by ${input.datagram.path ?? 'no path'}`;
    case 'link':
      return `link ${input.up ? 'up' : 'down'}`;
    case 'election':
      return `election ${input.verdict.standing}: ${input.verdict.reasons.join('; ') || 'nothing against it'}`;
    default:
      return input.type;
  }
}

function notARecording(file: string, reason: string): TandemError {
  return new TandemError({
    code: 'heartbeat.replay.not-a-recording',
    culprit: 'operator',
    message: `${file} is not a recording of a heartbeat: ${reason}`,
    hint: 'make one with: tandem heartbeat run --config FILE --record FILE',
  });
}
