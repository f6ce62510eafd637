CREATE TABLE number (name TEXT NOT NULL PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE station (
    id TEXT NOT NULL PRIMARY KEY,
    transport_key BLOB NOT NULL,
    -- NULL while it is in good standing; else the last counter that is still accepted.
    revoked_after INTEGER,
    revoked_why TEXT NOT NULL DEFAULT '',
    added_ms INTEGER NOT NULL,
    UNIQUE (transport_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE station_key (
    sequence INTEGER NOT NULL PRIMARY KEY,
    station TEXT NOT NULL REFERENCES station (id),
    signing_key BLOB NOT NULL UNIQUE
) STRICT;

CREATE TABLE certificate (
    sha256 BLOB NOT NULL PRIMARY KEY,
    station TEXT NOT NULL REFERENCES station (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE bundle (
    station TEXT NOT NULL REFERENCES station (id),
    serial INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (station, serial)
) STRICT, WITHOUT ROWID;

CREATE TABLE packet (
    id BLOB NOT NULL PRIMARY KEY,
    manifest BLOB NOT NULL,
    station TEXT NOT NULL REFERENCES station (id),
    counter INTEGER NOT NULL,
    previous BLOB NOT NULL,
    state TEXT NOT NULL,
    -- Why it was refused when it was opened, else empty.
    refusal TEXT NOT NULL DEFAULT '',
    is_pending INTEGER NOT NULL,
    supersedes BLOB,
    is_withdrawn INTEGER NOT NULL DEFAULT 0,
    is_superseded INTEGER NOT NULL DEFAULT 0,
    is_handed_on INTEGER NOT NULL DEFAULT 0,
    blobs INTEGER NOT NULL,
    facts_bytes INTEGER NOT NULL,
    images_bytes INTEGER NOT NULL,
    documents_bytes INTEGER NOT NULL,
    sealed_ms INTEGER NOT NULL,
    stored_ms INTEGER NOT NULL,
    opened_ms INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX packet_chain ON packet (station, counter);
CREATE INDEX packet_state ON packet (state, stored_ms);

-- What was not accepted. A packet's bytes are not kept then; the station holds them.
CREATE TABLE refused (
    station TEXT NOT NULL REFERENCES station (id),
    item BLOB NOT NULL,
    depth TEXT NOT NULL,
    word TEXT NOT NULL,
    counter INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (station, item)
) STRICT, WITHOUT ROWID;

CREATE TABLE notice (
    item BLOB NOT NULL PRIMARY KEY,
    station TEXT NOT NULL REFERENCES station (id),
    packet BLOB NOT NULL,
    kind TEXT NOT NULL,
    is_done INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX notice_packet ON notice (packet);

-- Every signed word the office ever gave; `chain` is the hash of the chain before it and of `bytes`.
CREATE TABLE entry (
    position INTEGER NOT NULL PRIMARY KEY,
    station TEXT NOT NULL REFERENCES station (id),
    item BLOB NOT NULL,
    kind TEXT NOT NULL,
    bytes BLOB NOT NULL,
    chain BLOB NOT NULL
) STRICT;
CREATE INDEX entry_station ON entry (station, position);
CREATE INDEX entry_item ON entry (item, position);

CREATE TABLE audit (
    sequence INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    event TEXT NOT NULL,
    about TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;
