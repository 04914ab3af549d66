/** Text that came from the socket and is not a whole line yet. `skipping` while the rest of an overlong line passes. */
export interface LineBuffer {
  readonly partial: string;
  readonly skipping: boolean;
}

export const EMPTY_LINES: LineBuffer = { partial: '', skipping: false };

/** OpenVPN's longest lines carry one environment variable or one log message, both under 4 KiB. */
export const MAX_LINE_LENGTH = 8192;

export interface SplitLines {
  readonly buffer: LineBuffer;
  /** Without their line ends. */
  readonly lines: readonly string[];
  /** How many lines were longer than {@link MAX_LINE_LENGTH} and thrown away whole. */
  readonly tooLong: number;
}

/** Cuts a stream into lines. What it keeps between calls never exceeds one line. */
export function splitLines(buffer: LineBuffer, chunk: string): SplitLines {
  const lines: string[] = [];
  let { partial, skipping } = buffer;
  let tooLong = 0;
  let start = 0;
  for (let end = chunk.indexOf('\n'); end !== -1; end = chunk.indexOf('\n', start)) {
    const line = partial + chunk.slice(start, end);
    if (!skipping && line.length <= MAX_LINE_LENGTH)
      lines.push(line.endsWith('\r') ? line.slice(0, -1) : line);
    else if (!skipping) tooLong += 1;
    partial = '';
    skipping = false;
    start = end + 1;
  }
  if (!skipping) partial += chunk.slice(start);
  if (partial.length > MAX_LINE_LENGTH) {
    partial = '';
    skipping = true;
    tooLong += 1;
  }
  return { buffer: { partial, skipping }, lines, tooLong };
}
