import { TandemError } from '../../core/errors.ts';
import { MAX_COMMON_NAME_LENGTH } from '../../core/openvpn/common-name.ts';
import type { JsonName } from './x509.ts';

const COMMON_NAME = /^[A-Za-z0-9_][A-Za-z0-9._@: -]*$/;

/**
 * A distinguished name of one common name. The alphabet keeps out whatever a name syntax, a shell, a file name or an
 * OpenVPN option would read as more than a name.
 */
export function commonNameOnly(commonName: string): JsonName {
  if (!COMMON_NAME.test(commonName) || commonName.length > MAX_COMMON_NAME_LENGTH) {
    throw new TandemError({
      code: 'access.pki.bad-name',
      culprit: 'caller',
      message: `Cannot issue a certificate for the name ${JSON.stringify(commonName)}`,
      hint: `Use at most ${MAX_COMMON_NAME_LENGTH} letters, digits, dots, dashes, underscores, @ or colons`,
    });
  }
  return [{ CN: [commonName] }];
}
