-- People who use the dashboard: operators, the links and passkeys they sign in
-- by, their console sessions, and what they changed. Of links and sessions only
-- hashes are kept.

-- +goose Up
CREATE TABLE operators (
    id            TEXT PRIMARY KEY,
    name          TEXT NOT NULL,
    role          TEXT NOT NULL,
    password_hash TEXT NOT NULL, -- '' while there is none
    disabled_at   INTEGER,
    seen_at       INTEGER,      -- last sign-in
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX operators_name ON operators (name);

CREATE TABLE operator_links (
    hash        TEXT PRIMARY KEY,
    operator_id TEXT NOT NULL REFERENCES operators (id),
    used_at     INTEGER,
    expires_at  INTEGER NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE operator_sessions (
    hash        TEXT PRIMARY KEY,
    operator_id TEXT NOT NULL REFERENCES operators (id),
    project_id  TEXT NOT NULL, -- '' for the first project
    seen_at     INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX operator_sessions_operator ON operator_sessions (operator_id);

CREATE TABLE operator_passkeys (
    id            TEXT PRIMARY KEY,
    operator_id   TEXT NOT NULL REFERENCES operators (id),
    name          TEXT NOT NULL,
    credential_id TEXT NOT NULL UNIQUE,
    credential    TEXT,
    used_at       INTEGER,
    created_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX operator_passkeys_operator ON operator_passkeys (operator_id, created_at, id);

CREATE TABLE audit_log (
    id            TEXT PRIMARY KEY,
    project_id    TEXT NOT NULL, -- '' where no project is concerned
    operator_id   TEXT NOT NULL,
    operator_name TEXT NOT NULL, -- as it was then
    action        TEXT NOT NULL,
    subject       TEXT NOT NULL,
    before        TEXT,
    after         TEXT,
    outcome       TEXT NOT NULL, -- '' while the change is under way
    request_id    TEXT NOT NULL,
    remote        TEXT NOT NULL,
    created_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX audit_log_created ON audit_log (created_at, id);
CREATE INDEX audit_log_subject ON audit_log (subject, created_at, id);
