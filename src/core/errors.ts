/** Who must act on an error: the one who asked, the other side, the administrator, or the makers of Tandem. */
export type Culprit = 'caller' | 'peer' | 'operator' | 'us';

export interface TandemErrorInit {
  /** Stable, dotted and lower-case, for example `store.user.exists`. */
  readonly code: string;
  readonly culprit: Culprit;
  /** Names the operation, the subject and the cause, in words. */
  readonly message: string;
  /** The next step to take, ideally a command to type. */
  readonly hint: string;
  readonly cause?: unknown;
}

/** The one error class that crosses folders. Its message and hint may be shown to a user as they are. */
export class TandemError extends Error {
  override readonly name = 'TandemError';
  readonly code: string;
  readonly culprit: Culprit;
  readonly hint: string;

  constructor(init: TandemErrorInit) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause });
    this.code = init.code;
    this.culprit = init.culprit;
    this.hint = init.hint;
  }
}
