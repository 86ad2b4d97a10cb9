-- The language last spoken in a contact, what citizens want solved, and requests to be called back.
ALTER TABLE contacts ADD COLUMN language TEXT NOT NULL DEFAULT 'es';

CREATE TABLE case_years (
    year  INTEGER PRIMARY KEY,                     -- of the office's calendar
    last  INTEGER NOT NULL                         -- number of its last case
) STRICT;

CREATE TABLE cases (
    code       TEXT PRIMARY KEY,                   -- what the citizen is told: 2026-000042
    id         TEXT NOT NULL UNIQUE,               -- UUIDv7
    contact    TEXT NOT NULL REFERENCES contacts (id),
    kind       TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('abierto', 'en_curso', 'resuelto', 'cerrado')),
    opened_ms  INTEGER NOT NULL,
    fields     TEXT NOT NULL                       -- JSON: [{"name": …, "value": …, "private": …}]
) STRICT, WITHOUT ROWID;
CREATE INDEX cases_by_id ON cases (id);
CREATE INDEX cases_by_contact ON cases (contact);

CREATE TABLE case_notes (
    code    TEXT NOT NULL REFERENCES cases (code),
    seq     INTEGER NOT NULL,
    at_ms   INTEGER NOT NULL,                      -- UTC, milliseconds since 1970
    who     TEXT NOT NULL,                         -- contact:ID, or the login of a person
    text    TEXT NOT NULL,
    state   TEXT,                                  -- the state that it brought, if it brought one
    PRIMARY KEY (code, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE callbacks (
    id        TEXT PRIMARY KEY,                    -- UUIDv7: ordered by time
    contact   TEXT NOT NULL REFERENCES contacts (id),
    number    TEXT NOT NULL,
    queue     TEXT NOT NULL,
    from_ms   INTEGER,                             -- when it suits the citizen, [from, until); none: at any time
    until_ms  INTEGER,
    reason    TEXT NOT NULL,
    asked_ms  INTEGER NOT NULL,
    state     TEXT NOT NULL CHECK (state IN ('pending', 'done', 'given_up'))
) STRICT, WITHOUT ROWID;
CREATE INDEX callbacks_pending ON callbacks (queue, id) WHERE state = 'pending';
