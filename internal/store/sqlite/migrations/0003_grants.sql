-- Keys other than secp256k1, grants that ride in operations, and sessions that
-- take another one's place.

-- +goose Up
ALTER TABLE sessions ADD COLUMN public_key BLOB;
ALTER TABLE sessions ADD COLUMN registration TEXT NOT NULL DEFAULT 'onchain';
ALTER TABLE sessions ADD COLUMN owner_grant BLOB;
ALTER TABLE sessions ADD COLUMN replaces TEXT NOT NULL DEFAULT '';
