import { TandemError } from '../core/errors.ts';
import { exitCodeOf } from './exit-codes.ts';

/** Prints a result: one JSON document with `--json`, otherwise the words for a person. */
export function print(json: boolean, value: unknown, words: () => string): void {
  process.stdout.write(json ? `${JSON.stringify(value, null, 2)}\n` : `${words()}\n`);
}

/** Rows under a heading, columns as wide as their longest cell. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [heading, ...rows];
  const widths = heading.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Says what went wrong and what to do next, never with a stack. Returns the exit code. */
export function reportFailure(error: unknown, json: boolean): number {
  const known =
    error instanceof TandemError
      ? error
      : new TandemError({
          code: 'tandem.internal',
          culprit: 'us',
          message: `tandem failed in a way it should not: ${error instanceof Error ? error.message : String(error)}`,
          hint: 'Please report it, with the output of: tandem status --json',
          cause: error,
        });
  const { code, message, hint, culprit } = known;
  process.stderr.write(
    json
      ? `${JSON.stringify({ error: { code, message, hint, culprit } })}\n`
      : `tandem: ${message}\n  ${hint}\n`,
  );
  return exitCodeOf(known);
}
