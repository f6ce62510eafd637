-- The day of the office: queue, slots, devices, outages, packets, approvals, central answers, settings.

CREATE TABLE ticket (
  day TEXT NOT NULL,
  sequence INTEGER NOT NULL CHECK (sequence >= 1),
  label TEXT NOT NULL,
  case_number INTEGER REFERENCES case_file (number),
  taken_ms INTEGER NOT NULL,
  PRIMARY KEY (day, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE schedule_slot (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  day TEXT NOT NULL,
  start_minute INTEGER NOT NULL CHECK (start_minute BETWEEN 0 AND 1439),
  duration_minutes INTEGER NOT NULL CHECK (duration_minutes BETWEEN 1 AND 1440),
  case_number INTEGER NOT NULL REFERENCES case_file (number),
  state TEXT NOT NULL,
  changed_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX schedule_slot_by_day ON schedule_slot (day, start_minute);
CREATE INDEX schedule_slot_by_case ON schedule_slot (case_number);

CREATE TABLE device (
  id TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  driver TEXT NOT NULL,
  state TEXT NOT NULL,
  detail TEXT NOT NULL,
  changed_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE outage (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  note TEXT NOT NULL,
  began_ms INTEGER NOT NULL,
  ended_ms INTEGER
) STRICT;
CREATE INDEX outage_by_beginning ON outage (began_ms);

CREATE TABLE packet (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  case_number INTEGER NOT NULL REFERENCES case_file (number),
  state TEXT NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  path TEXT NOT NULL,
  size INTEGER NOT NULL,
  reason TEXT NOT NULL,
  sealed_ms INTEGER NOT NULL,
  changed_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX packet_by_state ON packet (state, sealed_ms);
CREATE INDEX packet_by_case ON packet (case_number);

CREATE TABLE approval (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  case_number INTEGER NOT NULL REFERENCES case_file (number),
  step INTEGER REFERENCES step (sequence),
  kind TEXT NOT NULL,
  decision TEXT NOT NULL,
  approver TEXT NOT NULL,
  record TEXT NOT NULL,
  signature BLOB NOT NULL,
  wall_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX approval_by_case ON approval (case_number);
CREATE TRIGGER approval_is_never_changed BEFORE UPDATE ON approval
BEGIN SELECT raise(ABORT, 'an approval is never changed'); END;
CREATE TRIGGER approval_is_never_deleted BEFORE DELETE ON approval
BEGIN SELECT raise(ABORT, 'an approval is never deleted'); END;

CREATE TABLE central_status (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  case_number INTEGER NOT NULL REFERENCES case_file (number),
  packet BLOB CHECK (length(packet) = 16),
  status TEXT NOT NULL,
  source TEXT NOT NULL,
  reported_ms INTEGER NOT NULL,
  received_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX central_status_by_case ON central_status (case_number, id);

CREATE TABLE account_card (
  account TEXT NOT NULL PRIMARY KEY,
  full_name TEXT NOT NULL,
  roles TEXT NOT NULL,
  decree TEXT NOT NULL,
  decree_expires TEXT NOT NULL,
  changed_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE setting (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL,
  changed_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
