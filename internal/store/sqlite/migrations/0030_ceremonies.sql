-- What must be remembered between the two halves of adding a passkey, or of
-- signing in by one: the challenge. Kept by the hash of the browser's cookie.

-- +goose Up
CREATE TABLE operator_ceremonies (
    hash       TEXT PRIMARY KEY,
    data       TEXT,
    expires_at INTEGER NOT NULL
) STRICT;
