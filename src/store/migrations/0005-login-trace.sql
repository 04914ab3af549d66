-- What logins leave behind, apart from what an administrator says: a login then changes nothing that OpenVPN's files are made of.
CREATE TABLE login_trace (
  user_name TEXT PRIMARY KEY NOT NULL,
  locked_until INTEGER NOT NULL DEFAULT 0,
  -- The number of the last 30 seconds whose one-time code was used (RFC 6238).
  one_time_step INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

ALTER TABLE user DROP COLUMN locked_until;
ALTER TABLE user DROP COLUMN one_time_step;
