-- People who use the API. What each may do stands in the profile of the configuration that they name.
CREATE TABLE users (
    login       TEXT PRIMARY KEY,
    name        TEXT NOT NULL,
    profile     TEXT NOT NULL,
    password    TEXT NOT NULL,                     -- PHC string (Argon2id)
    created_ms  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
