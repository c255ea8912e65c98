-- Embedded wallets: owner keys that users' browsers made, with the recovery share
-- of each, the server share of each device, and the server's half of a project's
-- entropy. Bytes are sealed with a key that is not in the database.

-- +goose Up
CREATE TABLE signers (
    id             TEXT PRIMARY KEY,
    project_id     TEXT NOT NULL REFERENCES projects (id),
    player_id      TEXT NOT NULL REFERENCES players (id) ON DELETE CASCADE,
    owner          TEXT NOT NULL,
    method         TEXT NOT NULL,
    secret         BYTEA NOT NULL,
    passkey_id     TEXT NOT NULL,
    passkey_env    TEXT,
    created_at     BIGINT NOT NULL,
    updated_at     BIGINT NOT NULL
);
CREATE INDEX signers_player ON signers (player_id);
CREATE INDEX signers_project ON signers (project_id, created_at, id);

CREATE TABLE devices (
    id         TEXT PRIMARY KEY,
    signer_id  TEXT NOT NULL REFERENCES signers (id) ON DELETE CASCADE,
    share      BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX devices_signer ON devices (signer_id, created_at);
ALTER TABLE signers ADD COLUMN primary_device TEXT REFERENCES devices (id);

CREATE TABLE project_entropy (
    project_id TEXT PRIMARY KEY REFERENCES projects (id),
    part       BYTEA NOT NULL,
    part_check TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

ALTER TABLE accounts ADD COLUMN signer_id TEXT REFERENCES signers (id);
