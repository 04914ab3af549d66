/** Exit codes of the lab's command, after sysexits. */
export const exitCodes = {
  usage: 64,
  unavailable: 69,
  internal: 70,
  inUse: 73,
  notRoot: 77,
} as const;

/**
 * Something the lab could not do. The message is one line for the person at the terminal, `hint` is the next
 * thing to type, `exitCode` is what the command ends with.
 */
export class LabError extends Error {
  readonly exitCode: number;
  readonly hint: string;

  constructor(exitCode: number, message: string, hint: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'LabError';
    this.exitCode = exitCode;
    this.hint = hint;
  }
}
