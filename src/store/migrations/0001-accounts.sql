-- Who may connect, with which certificate and address, and how the server is set up.
-- Every table has a primary key that is NOT NULL: changesets identify rows by it.

CREATE TABLE user (
  name TEXT PRIMARY KEY NOT NULL,
  password_hash TEXT NOT NULL,
  blocked INTEGER NOT NULL DEFAULT 0 CHECK (blocked IN (0, 1)),
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- No reference to user: a revoked certificate outlives the user it was made for.
CREATE TABLE certificate (
  serial TEXT PRIMARY KEY NOT NULL,
  common_name TEXT NOT NULL,
  user_name TEXT NOT NULL,
  profile_name TEXT NOT NULL,
  certificate TEXT NOT NULL,
  private_key TEXT NOT NULL,
  tls_crypt_v2_key TEXT NOT NULL,
  not_after INTEGER NOT NULL,
  revoked_at INTEGER,
  revocation_reason TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX certificate_by_user ON certificate (user_name);
CREATE INDEX certificate_by_common_name ON certificate (common_name);

CREATE TABLE client_address (
  common_name TEXT PRIMARY KEY NOT NULL,
  ipv4 TEXT NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;

CREATE TABLE setting (
  name TEXT PRIMARY KEY NOT NULL,
  value TEXT NOT NULL CHECK (json_valid(value))
) STRICT, WITHOUT ROWID;
