-- With an auto-login profile the certificate is enough: whether one is, is said when it is made.
ALTER TABLE certificate ADD COLUMN kind TEXT NOT NULL DEFAULT 'user-locked' CHECK (kind IN ('user-locked', 'auto-login'));

DROP INDEX certificate_in_force;
CREATE INDEX certificate_in_force ON certificate (common_name, user_name, profile_name, not_after, kind) WHERE revoked_at IS NULL;
