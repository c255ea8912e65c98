-- Users are players that sign in by themselves. What lets them in and what
-- shows that they are in is kept as hashes. Deleting a player takes its user.

-- +goose Up
CREATE TABLE users (
    id             TEXT PRIMARY KEY REFERENCES players (id) ON DELETE CASCADE,
    project_id     TEXT NOT NULL REFERENCES projects (id),
    name           TEXT NOT NULL,
    email          TEXT,
    email_verified BOOLEAN NOT NULL,
    image          TEXT NOT NULL,
    anonymous      BOOLEAN NOT NULL,
    created_at     BIGINT NOT NULL,
    updated_at     BIGINT NOT NULL
);
CREATE UNIQUE INDEX users_email ON users (project_id, email);
CREATE INDEX users_project ON users (project_id, created_at, id);

CREATE TABLE identities (
    id         TEXT PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES projects (id),
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    provider   TEXT NOT NULL,
    subject    TEXT NOT NULL,
    secret     TEXT NOT NULL,
    details    TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX identities_subject ON identities (project_id, provider, subject);
CREATE INDEX identities_user ON identities (user_id);

CREATE TABLE logins (
    id         TEXT PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES projects (id),
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    hash       TEXT NOT NULL UNIQUE,
    address    TEXT NOT NULL,
    agent      TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX logins_user ON logins (user_id);
CREATE INDEX logins_expire ON logins (expires_at);
