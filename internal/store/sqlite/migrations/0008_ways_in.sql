-- What was sent to somebody to be brought back once (codes, links, nonces), kept
-- as hashes; how often something was tried; and the services that a project
-- lets vouch for its users.

-- +goose Up
CREATE TABLE challenges (
    id         TEXT PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES projects (id),
    purpose    TEXT NOT NULL,
    subject    TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    hash       TEXT NOT NULL,
    tries      INTEGER NOT NULL,
    data       TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX challenges_subject ON challenges (project_id, purpose, subject);
CREATE INDEX challenges_hash ON challenges (purpose, hash);
CREATE INDEX challenges_expire ON challenges (expires_at);

CREATE TABLE attempts (
    id         TEXT PRIMARY KEY,
    count      INTEGER NOT NULL,
    started_at INTEGER NOT NULL
) STRICT;
CREATE INDEX attempts_started ON attempts (started_at);

CREATE TABLE auth_providers (
    id         TEXT PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES projects (id),
    name       TEXT NOT NULL,
    enabled    INTEGER NOT NULL,
    settings   TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX auth_providers_name ON auth_providers (project_id, name);
