-- A contact and its timeline. Times are UTC, milliseconds since 1970; rates are computed on read.
CREATE TABLE contacts (
    id               TEXT PRIMARY KEY,             -- UUIDv7: ordered by time
    channel          TEXT NOT NULL,                -- voice
    direction        TEXT NOT NULL CHECK (direction IN ('inbound', 'outbound')),
    caller           TEXT NOT NULL,
    callee           TEXT NOT NULL,
    dialog           TEXT NOT NULL,
    dialog_version   TEXT NOT NULL,                -- content hash of the published dialog
    started_ms       INTEGER NOT NULL,
    answered_ms      INTEGER,
    ended_ms         INTEGER,
    state            TEXT NOT NULL CHECK (state IN ('live', 'ended', 'interrupted')),
    outcome          TEXT,
    handoff_queue    TEXT,
    handoff_reason   TEXT,
    recording        TEXT,                         -- path relative to the recordings folder
    quality          TEXT                          -- JSON: loss, jitter, MOS
) STRICT;
CREATE INDEX contacts_by_start ON contacts (started_ms);
CREATE INDEX contacts_live ON contacts (state) WHERE state = 'live';

CREATE TABLE entries (
    contact  TEXT NOT NULL REFERENCES contacts (id),
    seq      INTEGER NOT NULL,
    at_ms    INTEGER NOT NULL,                     -- milliseconds since the contact started
    kind     TEXT NOT NULL,
    data     TEXT NOT NULL,                        -- JSON
    PRIMARY KEY (contact, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE slots (
    contact     TEXT NOT NULL REFERENCES contacts (id),
    name        TEXT NOT NULL,
    value       TEXT NOT NULL,
    source      TEXT NOT NULL,                     -- voice | keys | service | dialog
    confidence  REAL,
    private     INTEGER NOT NULL,
    at_ms       INTEGER NOT NULL,
    PRIMARY KEY (contact, name)
) STRICT, WITHOUT ROWID;
