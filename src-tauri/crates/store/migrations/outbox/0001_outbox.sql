-- What has to travel, readable without any person's secret: therefore nothing about a person stands here.

CREATE TABLE checkpoint (
  one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  count INTEGER NOT NULL
) STRICT;
INSERT INTO checkpoint (one, count) VALUES (1, 0);

-- A sealed packet, whose bytes are a file, or a notice, whose bytes stand here. Rows are never deleted: a packet that
-- was forgotten stays as the proof that it was allowed.
CREATE TABLE item (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  kind TEXT NOT NULL CHECK (kind IN ('packet', 'approval', 'notice')),
  -- The packet whose approval it is.
  about BLOB CHECK ((about IS NOT NULL) = (kind = 'approval') AND ifnull(length(about), 16) = 16),
  counter INTEGER NOT NULL,
  manifest_hash BLOB NOT NULL CHECK (length(manifest_hash) = 32),
  blob_count INTEGER NOT NULL,
  path TEXT NOT NULL,
  bytes BLOB CHECK ((bytes IS NULL) = (kind = 'packet')),
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  size INTEGER NOT NULL,
  facts_bytes INTEGER NOT NULL,
  images_bytes INTEGER NOT NULL,
  documents_bytes INTEGER NOT NULL,
  is_facts_done INTEGER NOT NULL CHECK (is_facts_done IN (0, 1)),
  is_images_done INTEGER NOT NULL CHECK (is_images_done IN (0, 1)),
  is_documents_done INTEGER NOT NULL CHECK (is_documents_done IN (0, 1)),
  is_urgent INTEGER NOT NULL CHECK (is_urgent IN (0, 1)),
  is_approval_pending INTEGER NOT NULL CHECK (is_approval_pending IN (0, 1)),
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  made_ms INTEGER NOT NULL,
  -- When the first receipt came that accepts it.
  delivered_ms INTEGER,
  changed_ms INTEGER NOT NULL,
  -- Rises with every change of any row: who knows one number can ask for what came after it.
  change INTEGER NOT NULL UNIQUE
) STRICT;
CREATE UNIQUE INDEX item_by_place_in_chain ON item (counter) WHERE kind = 'packet';
CREATE INDEX item_by_state ON item (state, counter);
CREATE INDEX item_by_delivery ON item (delivered_ms) WHERE delivered_ms IS NOT NULL;

-- What the office has signed about an item, as it came.
CREATE TABLE message (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  item BLOB NOT NULL CHECK (length(item) = 16),
  kind TEXT NOT NULL CHECK (kind IN ('receipt', 'status')),
  bytes BLOB NOT NULL,
  -- How a receipt came.
  way TEXT NOT NULL,
  received_ms INTEGER NOT NULL,
  UNIQUE (item, bytes)
) STRICT;
CREATE TRIGGER message_is_never_changed BEFORE UPDATE ON message
BEGIN SELECT raise(ABORT, 'what the office has signed is never changed'); END;
CREATE TRIGGER message_is_never_deleted BEFORE DELETE ON message
BEGIN SELECT raise(ABORT, 'what the office has signed is never deleted'); END;

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

-- Bytes that have left on a day of the office.
CREATE TABLE spent (
  one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  day INTEGER NOT NULL,
  bytes INTEGER NOT NULL
) STRICT;
INSERT INTO spent (one, day, bytes) VALUES (1, 0, 0);
