import { z } from 'zod';

/** Who is signed in; nulls for nobody. Times are ISO 8601. */
export interface SessionView {
  readonly user: string | null;
  readonly role: 'administrator' | 'read-only' | 'user' | null;
  /** Goes back as the header `x-csrf-token` with every change. */
  readonly csrf: string | null;
  readonly expiresAt: string | null;
}
export const sessionSchema: z.ZodType<SessionView> = z.object({
  user: z.string().nullable(),
  role: z.enum(['administrator', 'read-only', 'user']).nullable(),
  csrf: z.string().nullable(),
  expiresAt: z.string().nullable(),
});

export interface WebSessionView {
  readonly id: string;
  readonly user: string;
  readonly openedAt: string;
  readonly expiresAt: string;
  readonly address: string;
  /** The browser's own name for itself. */
  readonly agent: string;
  /** The one that asks. */
  readonly current: boolean;
}
export interface WebSessionListView {
  readonly sessions: readonly WebSessionView[];
}
export const webSessionListSchema: z.ZodType<WebSessionListView> = z.object({
  sessions: z.array(
    z.object({
      id: z.string(),
      user: z.string(),
      openedAt: z.string(),
      expiresAt: z.string(),
      address: z.string(),
      agent: z.string(),
      current: z.boolean(),
    }),
  ),
});

export interface TokenView {
  readonly id: string;
  readonly name: string;
  readonly user: string;
  readonly scopes: readonly string[];
  readonly createdAt: string;
  readonly expiresAt: string | null;
}
const tokenFields = {
  id: z.string(),
  name: z.string(),
  user: z.string(),
  scopes: z.array(z.string()),
  createdAt: z.string(),
  expiresAt: z.string().nullable(),
};
export interface TokenListView {
  readonly tokens: readonly TokenView[];
}
export const tokenListSchema: z.ZodType<TokenListView> = z.object({ tokens: z.array(z.object(tokenFields)) });

/** The token itself is in this answer and nowhere else, ever. */
export interface TokenAnswer extends TokenView {
  readonly token: string;
  readonly protected: boolean;
}
export const tokenAnswerSchema: z.ZodType<TokenAnswer> = z.object({
  ...tokenFields,
  token: z.string(),
  protected: z.boolean(),
});
