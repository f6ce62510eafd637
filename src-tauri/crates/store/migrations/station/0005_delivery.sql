-- What became of a packet after it was sealed, the notices that follow it, and what a person has to do about it.

-- The last step of the case when it was sealed: what lies behind belongs to another recording.
ALTER TABLE packet ADD COLUMN last_step INTEGER NOT NULL DEFAULT 0;
ALTER TABLE packet ADD COLUMN supersedes BLOB CHECK (length(supersedes) = 16);
UPDATE packet SET last_step = coalesce(
  (SELECT max(sequence) FROM step WHERE step.case_number = packet.case_number), 0) WHERE state <> 'Building';
CREATE INDEX packet_by_superseded ON packet (supersedes) WHERE supersedes IS NOT NULL;

-- What the office has signed about a packet or a notice, once its signature was checked.
CREATE TABLE receipt (
  item BLOB NOT NULL CHECK (length(item) = 16),
  position INTEGER NOT NULL,
  done TEXT NOT NULL CHECK (done IN ('stored', 'opened', 'refused')),
  reason TEXT NOT NULL,
  way TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  received_ms INTEGER NOT NULL,
  PRIMARY KEY (item, position, done)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER taken_receipt_is_never_changed BEFORE UPDATE ON receipt
BEGIN SELECT raise(ABORT, 'a receipt is never changed'); END;
CREATE TRIGGER taken_receipt_is_never_deleted BEFORE DELETE ON receipt
BEGIN SELECT raise(ABORT, 'a receipt is never deleted'); END;

-- The place in the office's feed; 0 for what was not read from a feed.
ALTER TABLE central_status ADD COLUMN position INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX central_status_once ON central_status (packet, position) WHERE position > 0;

CREATE TABLE notice (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  case_number INTEGER NOT NULL REFERENCES case_file (number),
  packet BLOB NOT NULL CHECK (length(packet) = 16),
  kind TEXT NOT NULL CHECK (kind IN ('withdrawal', 'approval')),
  bytes BLOB NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  made_ms INTEGER NOT NULL,
  changed_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX notice_by_case ON notice (case_number);
CREATE INDEX notice_by_state ON notice (state);

CREATE TABLE task (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  case_number INTEGER NOT NULL REFERENCES case_file (number),
  kind TEXT NOT NULL,
  reason TEXT NOT NULL,
  opened_ms INTEGER NOT NULL,
  closed_ms INTEGER,
  closed_by TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX task_open ON task (case_number, kind) WHERE closed_ms IS NULL;

-- A case that was opened because the recording of another one has to be made again.
CREATE TABLE replacement (
  case_number INTEGER NOT NULL PRIMARY KEY REFERENCES case_file (number),
  replaced INTEGER NOT NULL REFERENCES case_file (number),
  CHECK (case_number <> replaced)
) STRICT;
CREATE INDEX replacement_by_replaced ON replacement (replaced);
