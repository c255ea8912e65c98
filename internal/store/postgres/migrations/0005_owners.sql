-- Owners whose keys are on P-256: the kind of the present one (0 secp256k1, 1
-- p256, 2 p256-sha256, 3 webauthn), and the public keys of all, x and y each.

-- +goose Up
ALTER TABLE accounts ADD COLUMN owner_kind BIGINT NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN owner_keys BYTEA;
