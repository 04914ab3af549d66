-- What is left of entries that the journal no longer holds: who changed what, in words, and the hash that says whether two
-- nodes share it. Filled by each node for itself, never part of a change. docs/formats/journal.md
CREATE TABLE journal_archive (
  sequence INTEGER PRIMARY KEY NOT NULL,
  epoch INTEGER NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  actor TEXT NOT NULL,
  time_ms INTEGER NOT NULL,
  -- A list of lines.
  words TEXT NOT NULL CHECK (json_valid(words))
) STRICT;
