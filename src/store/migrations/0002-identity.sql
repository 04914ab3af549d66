-- What both nodes must share to be one server: certificate authority, server identity, token secret.
CREATE TABLE identity (
  name TEXT PRIMARY KEY NOT NULL,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
