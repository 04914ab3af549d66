import type { Reading, Writing } from '../database.ts';
import { invalid } from '../errors.ts';

/** A client certificate with what its profile needs. It is kept after revocation: the list of revoked ones is made from it. */
export interface Certificate {
  /** Lower-case hexadecimal digits. */
  readonly serial: string;
  readonly commonName: string;
  readonly userName: string;
  readonly profileName: string;
  /** PEM, as the next two. */
  readonly certificate: string;
  readonly privateKey: string;
  readonly tlsCryptV2Key: string;
  /** `auto-login`: the certificate is enough, no password is asked. */
  readonly kind: 'user-locked' | 'auto-login';
  /** Milliseconds since 1970. */
  readonly notAfter: number;
  readonly revokedAt: number | undefined;
  readonly revocationReason: string | undefined;
}

export type NewCertificate = Omit<Certificate, 'revokedAt' | 'revocationReason' | 'kind'> & {
  /** `user-locked` when left out. */
  readonly kind?: Certificate['kind'];
};

/** One profile that works, without its keys. */
export type ProfileInForce = Pick<
  Certificate,
  'commonName' | 'userName' | 'profileName' | 'notAfter' | 'kind'
>;

/** What a list shows of a certificate: no keys, and nothing that makes it long. */
export type CertificateSummary = Omit<Certificate, 'certificate' | 'privateKey' | 'tlsCryptV2Key'>;

/** Reads at any time. */
export class Certificates {
  readonly #database: Reading;

  constructor(database: Reading) {
    this.#database = database;
  }

  find(serial: string): Certificate | undefined {
    const row = this.#database.get('SELECT * FROM certificate WHERE serial = ?', serial);
    return row === undefined ? undefined : toCertificate(row);
  }

  /** Every certificate, revoked ones too, ordered by serial. */
  list(): Certificate[] {
    return this.#database.all('SELECT * FROM certificate ORDER BY serial').map(toCertificate);
  }

  /** Those of one user, revoked ones too. */
  ofUser(userName: string): Certificate[] {
    const sql = 'SELECT * FROM certificate WHERE user_name = ? ORDER BY profile_name, serial';
    return this.#database.all(sql, userName).map(toCertificate);
  }

  /** Those with one common name, revoked ones too. */
  withCommonName(commonName: string): Certificate[] {
    const sql = 'SELECT * FROM certificate WHERE common_name = ? ORDER BY serial';
    return this.#database.all(sql, commonName).map(toCertificate);
  }

  /** Profiles with a certificate that is not revoked, without the keys; of several the one that ends last. Ordered by common name. */
  inForce(): ProfileInForce[] {
    const sql = `SELECT common_name, user_name, profile_name, max(not_after) AS not_after, kind FROM certificate
       WHERE revoked_at IS NULL GROUP BY common_name ORDER BY common_name`;
    return this.#database.all(sql).map((row) => ({
      commonName: String(row['common_name']),
      userName: String(row['user_name']),
      profileName: String(row['profile_name']),
      notAfter: Number(row['not_after']),
      kind: row['kind'] === 'auto-login' ? 'auto-login' : 'user-locked',
    }));
  }

  /** Those of them that end by then, and when the first does. */
  endingBy(time: number): { readonly count: number; readonly first: number | undefined } {
    const sql = `SELECT count(*) AS count, min(not_after) AS first FROM
       (SELECT max(not_after) AS not_after FROM certificate WHERE revoked_at IS NULL GROUP BY common_name)
       WHERE not_after <= ?`;
    const row = this.#database.get(sql, time);
    const count = Number(row?.['count'] ?? 0);
    return { count, first: count === 0 ? undefined : Number(row?.['first']) };
  }

  /** A part of those whose common name or serial holds the text, revoked ones too, ordered by common name; and how many fit. */
  page(wish: {
    readonly search: string;
    readonly state: 'all' | 'in-force' | 'revoked';
    readonly offset: number;
    readonly limit: number;
  }): { readonly certificates: CertificateSummary[]; readonly total: number } {
    const condition = `FROM certificate WHERE (instr(common_name, ?1) > 0 OR instr(serial, ?1) > 0)
       AND (?2 = 'all' OR (?2 = 'revoked') = (revoked_at IS NOT NULL))`;
    const columns =
      'serial, common_name, user_name, profile_name, not_after, kind, revoked_at, revocation_reason';
    const total = this.#database.get(`SELECT count(*) AS count ${condition}`, wish.search, wish.state);
    const rows = this.#database.all(
      `SELECT ${columns} ${condition} ORDER BY common_name, serial LIMIT ?3 OFFSET ?4`,
      wish.search,
      wish.state,
      wish.limit,
      wish.offset,
    );
    return { certificates: rows.map(toSummary), total: Number(total?.['count']) };
  }

  /** The tls-crypt-v2 keys of those that are not revoked, by common name; of several the one with the highest serial. */
  tlsCryptV2Keys(): Map<string, string> {
    const sql =
      'SELECT common_name, tls_crypt_v2_key FROM certificate WHERE revoked_at IS NULL ORDER BY serial';
    const rows = this.#database.all(sql);
    return new Map(rows.map((row) => [String(row['common_name']), String(row['tls_crypt_v2_key'])]));
  }

  revokedSerials(): string[] {
    return this.#database
      .all('SELECT serial FROM certificate WHERE revoked_at IS NOT NULL')
      .map((row) => String(row['serial']));
  }

  /** In the order of revocation. */
  revoked(): Certificate[] {
    const sql = 'SELECT * FROM certificate WHERE revoked_at IS NOT NULL ORDER BY revoked_at, serial';
    return this.#database.all(sql).map(toCertificate);
  }
}

/** Writes inside a transaction only. */
export class CertificatesInTransaction extends Certificates {
  readonly #database: Writing;

  constructor(database: Writing) {
    super(database);
    this.#database = database;
  }

  /** Throws `store.certificate.serial`, `store.certificate.exists`. */
  add(certificate: NewCertificate): void {
    if (!/^[0-9a-f]{1,64}$/.test(certificate.serial)) {
      throw invalid(
        'store.certificate.serial',
        `${JSON.stringify(certificate.serial)} is not a serial number`,
        'Serial numbers are lower-case hexadecimal digits.',
      );
    }
    if (this.find(certificate.serial) !== undefined) {
      throw invalid(
        'store.certificate.exists',
        `a certificate with serial number ${certificate.serial} exists already`,
        'Issue the certificate again with another serial number.',
      );
    }
    this.#database.run(
      `INSERT INTO certificate (serial, common_name, user_name, profile_name, certificate, private_key, tls_crypt_v2_key, not_after, kind)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      certificate.serial,
      certificate.commonName,
      certificate.userName,
      certificate.profileName,
      certificate.certificate,
      certificate.privateKey,
      certificate.tlsCryptV2Key,
      certificate.notAfter,
      certificate.kind ?? 'user-locked',
    );
  }

  /** Revoking again changes nothing (the first time and reason stay). Throws `store.certificate.unknown`. */
  revoke(serial: string, revokedAt: number, reason: string): void {
    if (this.find(serial) === undefined) {
      throw invalid(
        'store.certificate.unknown',
        `there is no certificate with serial number ${serial}`,
        '`tandem user show NAME` lists the certificates of a user.',
      );
    }
    this.#database.run(
      'UPDATE certificate SET revoked_at = ?, revocation_reason = ? WHERE serial = ? AND revoked_at IS NULL',
      revokedAt,
      reason,
      serial,
    );
  }
}

function toCertificate(row: Record<string, unknown>): Certificate {
  return {
    ...toSummary(row),
    certificate: String(row['certificate']),
    privateKey: String(row['private_key']),
    tlsCryptV2Key: String(row['tls_crypt_v2_key']),
  };
}

function toSummary(row: Record<string, unknown>): CertificateSummary {
  return {
    serial: String(row['serial']),
    commonName: String(row['common_name']),
    userName: String(row['user_name']),
    profileName: String(row['profile_name']),
    notAfter: Number(row['not_after']),
    kind: row['kind'] === 'auto-login' ? 'auto-login' : 'user-locked',
    revokedAt: row['revoked_at'] === null ? undefined : Number(row['revoked_at']),
    revocationReason: row['revocation_reason'] === null ? undefined : String(row['revocation_reason']),
  };
}
