-- People at the desk: cases, their journal, their images, the books and the numbers.
-- Empty text means "not given yet"; a column may be NULL only where it points at a row that may not exist.

-- Counts checkpoints: the small write after each of them moves the sync of a fresh log header off the capture path.
CREATE TABLE checkpoint (
  one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  count INTEGER NOT NULL
) STRICT;
INSERT INTO checkpoint (one, count) VALUES (1, 0);

-- The clock that only goes forward, and the last time the office confirmed.
CREATE TABLE office_time (
  one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  monotonic INTEGER NOT NULL,
  wall_ms INTEGER NOT NULL,
  office_ms INTEGER NOT NULL
) STRICT;
INSERT INTO office_time (one, monotonic, wall_ms, office_ms) VALUES (1, 0, 0, 0);

-- Where every chain ends: a chain that is cut short no longer agrees with its head.
CREATE TABLE head (
  chain TEXT NOT NULL PRIMARY KEY,
  count INTEGER NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT, WITHOUT ROWID;

CREATE TABLE case_file (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  profile_id TEXT NOT NULL,
  profile_version INTEGER NOT NULL,
  purpose TEXT NOT NULL,
  recording_state TEXT NOT NULL,
  card_state TEXT NOT NULL,
  letter_state TEXT NOT NULL,
  berkas_state TEXT NOT NULL,
  registration_number TEXT NOT NULL,
  ticket TEXT NOT NULL,
  full_name TEXT NOT NULL,
  nik TEXT NOT NULL,
  kk_number TEXT NOT NULL,
  birth_date TEXT NOT NULL,
  sex TEXT NOT NULL,
  village TEXT NOT NULL,
  biodata TEXT NOT NULL,
  snapshot TEXT NOT NULL,
  open_step TEXT NOT NULL,
  operator TEXT NOT NULL,
  opened_ms INTEGER NOT NULL,
  changed_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX case_by_registration ON case_file (registration_number) WHERE registration_number <> '';
CREATE INDEX case_by_ticket ON case_file (ticket, number) WHERE ticket <> '';
CREATE INDEX case_by_nik ON case_file (nik, number) WHERE nik <> '';
CREATE INDEX case_by_name ON case_file (full_name COLLATE NOCASE, number);
CREATE INDEX case_by_state ON case_file (recording_state, number);
CREATE INDEX case_by_opening ON case_file (opened_ms, number);

-- Three letters in a row of any searched column, so that a part of a name or of a number is found without a scan.
CREATE VIRTUAL TABLE case_search USING fts5 (
  full_name, nik, registration_number, ticket,
  content = '', contentless_delete = 1, tokenize = 'trigram remove_diacritics 1'
);

CREATE TABLE step (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  case_number INTEGER NOT NULL REFERENCES case_file (number),
  kind TEXT NOT NULL,
  slot TEXT NOT NULL,
  attempt INTEGER NOT NULL CHECK (attempt >= 1),
  replaces INTEGER REFERENCES step (sequence),
  body TEXT NOT NULL,
  image_hash BLOB CHECK (length(image_hash) = 32),
  wall_ms INTEGER NOT NULL,
  monotonic INTEGER NOT NULL,
  operator TEXT NOT NULL,
  previous_hash BLOB NOT NULL CHECK (length(previous_hash) = 32),
  hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE INDEX step_by_case ON step (case_number, sequence);
CREATE UNIQUE INDEX step_by_replaced ON step (replaces) WHERE replaces IS NOT NULL;
CREATE TRIGGER step_is_never_changed BEFORE UPDATE ON step
BEGIN SELECT raise(ABORT, 'a step is never changed'); END;
CREATE TRIGGER step_is_never_deleted BEFORE DELETE ON step
BEGIN SELECT raise(ABORT, 'a step is never deleted'); END;

-- The step keeps the hash of its image, so an image can be wiped after its time without breaking the chain.
CREATE TABLE image (
  sequence INTEGER NOT NULL PRIMARY KEY REFERENCES step (sequence),
  media TEXT NOT NULL,
  bytes BLOB NOT NULL
) STRICT;
CREATE TRIGGER image_is_never_changed BEFORE UPDATE ON image
BEGIN SELECT raise(ABORT, 'an image is never changed'); END;

CREATE TABLE image_wiped (
  sequence INTEGER NOT NULL PRIMARY KEY REFERENCES step (sequence),
  reason TEXT NOT NULL,
  wiped_ms INTEGER NOT NULL
) STRICT;
CREATE TRIGGER image_is_wiped_on_record BEFORE DELETE ON image
WHEN NOT EXISTS (SELECT 1 FROM image_wiped WHERE image_wiped.sequence = OLD.sequence)
BEGIN SELECT raise(ABORT, 'an image is wiped only on record'); END;

CREATE TABLE audit (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  wall_ms INTEGER NOT NULL,
  monotonic INTEGER NOT NULL,
  event TEXT NOT NULL,
  actor TEXT NOT NULL,
  subject TEXT NOT NULL,
  fields TEXT NOT NULL,
  previous_hash BLOB NOT NULL CHECK (length(previous_hash) = 32),
  hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE INDEX audit_by_subject ON audit (subject, sequence);
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN SELECT raise(ABORT, 'an audit entry is never changed'); END;
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
BEGIN SELECT raise(ABORT, 'an audit entry is never deleted'); END;

CREATE TABLE audit_day (
  day TEXT NOT NULL,
  last_sequence INTEGER NOT NULL PRIMARY KEY,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  signer TEXT NOT NULL,
  signature BLOB NOT NULL
) STRICT;
CREATE TRIGGER audit_day_is_never_changed BEFORE UPDATE ON audit_day
BEGIN SELECT raise(ABORT, 'a signed day is never changed'); END;
CREATE TRIGGER audit_day_is_never_deleted BEFORE DELETE ON audit_day
BEGIN SELECT raise(ABORT, 'a signed day is never deleted'); END;

CREATE TABLE register_line (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  book TEXT NOT NULL,
  year INTEGER NOT NULL,
  line INTEGER NOT NULL CHECK (line >= 1),
  columns TEXT NOT NULL,
  case_number INTEGER REFERENCES case_file (number),
  correction_of INTEGER CHECK (correction_of < line),
  operator TEXT NOT NULL,
  wall_ms INTEGER NOT NULL,
  monotonic INTEGER NOT NULL,
  previous_hash BLOB NOT NULL CHECK (length(previous_hash) = 32),
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  UNIQUE (book, year, line),
  FOREIGN KEY (book, year, correction_of) REFERENCES register_line (book, year, line)
) STRICT;
CREATE INDEX register_line_by_case ON register_line (case_number) WHERE case_number IS NOT NULL;
CREATE INDEX register_line_by_correction ON register_line (book, year, correction_of) WHERE correction_of IS NOT NULL;
CREATE TRIGGER register_line_is_never_changed BEFORE UPDATE ON register_line
BEGIN SELECT raise(ABORT, 'a register line is never changed'); END;
CREATE TRIGGER register_line_is_never_deleted BEFORE DELETE ON register_line
BEGIN SELECT raise(ABORT, 'a register line is never deleted'); END;

CREATE TABLE number_block (
  series TEXT NOT NULL,
  year INTEGER NOT NULL,
  first INTEGER NOT NULL CHECK (first >= 1),
  last INTEGER NOT NULL,
  source TEXT NOT NULL,
  given_ms INTEGER NOT NULL,
  PRIMARY KEY (series, year, first),
  CHECK (last >= first)
) STRICT, WITHOUT ROWID;

CREATE TABLE number_taken (
  series TEXT NOT NULL,
  year INTEGER NOT NULL,
  number INTEGER NOT NULL,
  case_number INTEGER REFERENCES case_file (number),
  state TEXT NOT NULL CHECK (state IN ('taken', 'void')),
  reason TEXT NOT NULL,
  taken_ms INTEGER NOT NULL,
  void_ms INTEGER NOT NULL,
  PRIMARY KEY (series, year, number)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER number_is_never_given_back BEFORE DELETE ON number_taken
BEGIN SELECT raise(ABORT, 'a number is never given back'); END;
CREATE TRIGGER number_is_only_voided BEFORE UPDATE ON number_taken
WHEN OLD.state <> 'taken' OR NEW.state <> 'void' OR OLD.series <> NEW.series OR OLD.year <> NEW.year
  OR OLD.number <> NEW.number OR OLD.case_number IS NOT NEW.case_number OR OLD.taken_ms <> NEW.taken_ms
BEGIN SELECT raise(ABORT, 'a number can only be voided'); END;
