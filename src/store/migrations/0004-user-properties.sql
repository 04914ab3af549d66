-- What an administrator says of a user beyond the password, and what logins leave behind. Times are milliseconds since 1970.
ALTER TABLE user ADD COLUMN administrator INTEGER NOT NULL DEFAULT 0 CHECK (administrator IN (0, 1));
ALTER TABLE user ADD COLUMN expires_at INTEGER;
ALTER TABLE user ADD COLUMN routes TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(routes));
ALTER TABLE user ADD COLUMN password_changed_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE user ADD COLUMN locked_until INTEGER NOT NULL DEFAULT 0;
-- Base32, and the number of the last 30 seconds whose code was used (RFC 6238).
ALTER TABLE user ADD COLUMN one_time_key TEXT;
ALTER TABLE user ADD COLUMN one_time_step INTEGER NOT NULL DEFAULT 0;

-- Answers who has a profile in force without reading the keys beside it.
CREATE INDEX certificate_in_force ON certificate (common_name, user_name, profile_name, not_after) WHERE revoked_at IS NULL;
