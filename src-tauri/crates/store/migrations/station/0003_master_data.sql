-- What other offices give us: each edition with its source, its day of import and its expiry.

CREATE TABLE roster_source (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  data_day TEXT NOT NULL,
  lines INTEGER NOT NULL,
  imported_ms INTEGER NOT NULL,
  valid_until_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE roster_person (
  source INTEGER NOT NULL REFERENCES roster_source (id),
  line INTEGER NOT NULL,
  nik TEXT NOT NULL,
  kk_number TEXT NOT NULL,
  full_name TEXT NOT NULL,
  birth_date TEXT NOT NULL,
  sex TEXT NOT NULL,
  village TEXT NOT NULL,
  status TEXT NOT NULL,
  columns TEXT NOT NULL,
  PRIMARY KEY (source, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX roster_person_by_nik ON roster_person (nik, source);
CREATE INDEX roster_person_by_kk ON roster_person (kk_number, source);
CREATE INDEX roster_person_by_name ON roster_person (full_name COLLATE NOCASE, source);

CREATE TABLE region_edition (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  imported_ms INTEGER NOT NULL,
  valid_until_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE region (
  edition INTEGER NOT NULL REFERENCES region_edition (id),
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (edition, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE profile_version (
  profile TEXT NOT NULL,
  version INTEGER NOT NULL,
  text TEXT NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  source TEXT NOT NULL,
  imported_ms INTEGER NOT NULL,
  valid_until_ms INTEGER NOT NULL,
  PRIMARY KEY (profile, version)
) STRICT;
CREATE TRIGGER profile_version_is_never_changed BEFORE UPDATE ON profile_version
BEGIN SELECT raise(ABORT, 'a profile version is never changed'); END;
CREATE TRIGGER profile_version_is_never_deleted BEFORE DELETE ON profile_version
BEGIN SELECT raise(ABORT, 'a profile version is never deleted'); END;
