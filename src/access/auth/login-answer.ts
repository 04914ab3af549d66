/** What a person typed: the password and, where the profile asks for it, the one-time code. */
export interface LoginAnswer {
  readonly password: string;
  readonly code: string | undefined;
}

const twoAnswers = /^SCRV1:([A-Za-z0-9+/]*={0,2}):([A-Za-z0-9+/]*={0,2})$/;

/**
 * A client whose profile has `static-challenge` sends `SCRV1:<password>:<code>`, both in base64 (OpenVPN,
 * management-notes.txt). Anything else is a password as it is.
 */
export function parseLoginAnswer(text: string): LoginAnswer {
  const [, password, code] = twoAnswers.exec(text) ?? [];
  if (password === undefined || code === undefined) return { password: text, code: undefined };
  return { password: decoded(password), code: decoded(code) };
}

/** With the generic profile nobody is asked for a code apart: whoever has one types it behind the password. */
export function codeBehindPassword({ password, code }: LoginAnswer): LoginAnswer {
  const [, before, digits] = /^(.+)(\d{6})$/s.exec(password) ?? [];
  return code !== undefined || before === undefined || digits === undefined
    ? { password, code }
    : { password: before, code: digits };
}

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}
