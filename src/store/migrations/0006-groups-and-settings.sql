-- What is said of a user, of a group or of everybody, as one JSON object each: core/accounts/properties.ts.
CREATE TABLE user_group (
  name TEXT PRIMARY KEY NOT NULL,
  properties TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(properties)),
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE user ADD COLUMN group_name TEXT;
ALTER TABLE user ADD COLUMN properties TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(properties));
-- The columns administrator, expires_at and routes stay as they are, for the sake of older journal entries; nobody reads them.
UPDATE user SET properties = json_set(properties, '$.administrator', json('true')) WHERE administrator = 1;
UPDATE user SET properties = json_set(properties, '$.expiresAt', expires_at) WHERE expires_at IS NOT NULL;
UPDATE user SET properties = json_set(properties, '$.routes', json(routes)) WHERE routes <> '[]';

-- There is a port for each protocol now.
UPDATE setting
SET value = json_remove(json_set(value, '$.udp', json_object('enabled', json('true'), 'port', json_extract(value, '$.port'), 'processes', 1)), '$.port')
WHERE name = 'vpn' AND json_extract(value, '$.port') IS NOT NULL;
