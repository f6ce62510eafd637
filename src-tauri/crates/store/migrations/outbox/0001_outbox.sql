-- What has to travel, readable without any person's secret: therefore nothing about a person stands here.

CREATE TABLE checkpoint (
  one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  count INTEGER NOT NULL
) STRICT;
INSERT INTO checkpoint (one, count) VALUES (1, 0);

CREATE TABLE sealed_packet (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  counter INTEGER NOT NULL UNIQUE,
  manifest_hash BLOB NOT NULL CHECK (length(manifest_hash) = 32),
  path TEXT NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  size INTEGER NOT NULL,
  priority INTEGER NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  not_before_ms INTEGER NOT NULL,
  sealed_ms INTEGER NOT NULL,
  changed_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX sealed_packet_by_turn ON sealed_packet (state, priority DESC, counter);

CREATE TABLE receipt (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  packet BLOB NOT NULL CHECK (length(packet) = 16),
  bytes BLOB NOT NULL,
  way TEXT NOT NULL,
  received_ms INTEGER NOT NULL,
  UNIQUE (packet, bytes)
) STRICT;
CREATE TRIGGER receipt_is_never_changed BEFORE UPDATE ON receipt
BEGIN SELECT raise(ABORT, 'a receipt is never changed'); END;
CREATE TRIGGER receipt_is_never_deleted BEFORE DELETE ON receipt
BEGIN SELECT raise(ABORT, 'a receipt is never deleted'); END;

CREATE TABLE packet_chain (
  one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  counter INTEGER NOT NULL,
  manifest_hash BLOB NOT NULL CHECK (length(manifest_hash) = 32)
) STRICT;
INSERT INTO packet_chain (one, counter, manifest_hash) VALUES (1, 0, zeroblob(32));

CREATE TABLE cursor (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL,
  changed_ms INTEGER NOT NULL
) STRICT;

-- Signed status entries wait here until the station is unlocked and its cases can be told.
CREATE TABLE status_entry (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  packet BLOB NOT NULL CHECK (length(packet) = 16),
  bytes BLOB NOT NULL,
  is_taken INTEGER NOT NULL CHECK (is_taken IN (0, 1)),
  received_ms INTEGER NOT NULL,
  UNIQUE (packet, bytes)
) STRICT;
CREATE INDEX status_entry_waiting ON status_entry (id) WHERE is_taken = 0;
