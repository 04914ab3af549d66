/**
 * The common name of a client certificate names one profile of one user: `alice:default`.
 * OpenVPN looks up the file of a client by it, so the alphabet is that of a safe file name plus the colon.
 */
export interface ProfileName {
  readonly username: string;
  readonly profile: string;
}

/**
 * Of the certificate of the generic profile, with which whoever logs in is who he is. It is in the form of no profile of a user,
 * and in that of no user's name.
 */
export const genericCommonName = 'any:user:generic';
/** In the place of its owner; no user can be called so. */
export const genericOwner = '*';

/** The file in `client-config-dir` that OpenVPN reads for whoever has none, so nobody's own. */
export const nobodysFile = 'DEFAULT';

/** Whether a client is called by this name because its user logged in with the generic profile. */
export function isLoginName(commonName: string): boolean {
  return isNamePart(commonName) && commonName !== nobodysFile;
}

/** RFC 5280 appendix A.1, `ub-common-name`; OpenVPN's own limit is the same. */
export const MAX_COMMON_NAME_LENGTH = 64;

const PART = /^[A-Za-z0-9_][A-Za-z0-9._@-]*$/;

/** True for what may stand on either side of the colon: never empty, never a path, an option or a quote. */
function isNamePart(text: string): boolean {
  return text.length <= MAX_COMMON_NAME_LENGTH && PART.test(text);
}

/** The common name for a profile, or undefined when a part is not allowed or both together are too long. */
export function formatCommonName(name: ProfileName): string | undefined {
  const text = `${name.username}:${name.profile}`;
  const fits = text.length <= MAX_COMMON_NAME_LENGTH;
  return fits && isNamePart(name.username) && isNamePart(name.profile) ? text : undefined;
}

/** The inverse of {@link formatCommonName}; undefined for any other text. */
export function parseCommonName(text: string): ProfileName | undefined {
  if (text.length > MAX_COMMON_NAME_LENGTH) return undefined;
  const [username, profile, ...rest] = text.split(':');
  if (username === undefined || profile === undefined || rest.length > 0) return undefined;
  return isNamePart(username) && isNamePart(profile) ? { username, profile } : undefined;
}
