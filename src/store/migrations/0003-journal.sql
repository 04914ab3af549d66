-- The ordered list of committed changes. docs/formats/journal.md
CREATE TABLE journal (
  sequence INTEGER PRIMARY KEY NOT NULL,
  epoch INTEGER NOT NULL,
  previous_hash BLOB NOT NULL CHECK (length(previous_hash) = 32),
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  actor TEXT NOT NULL,
  time_ms INTEGER NOT NULL,
  changeset BLOB NOT NULL
) STRICT;
