-- Links by which one profile can be fetched once, without signing in. Of a link only the SHA-256 of its secret is kept.
CREATE TABLE one_time_link (
  secret_hash TEXT PRIMARY KEY NOT NULL,
  user_name TEXT NOT NULL,
  profile_name TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
