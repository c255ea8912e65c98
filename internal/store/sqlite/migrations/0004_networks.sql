-- What the server keeps about a chain: the paymaster that sessions name, which
-- stays when keys are replaced. And the record that a request with an
-- idempotency key has made, written in the transaction that made it.

-- +goose Up
CREATE TABLE networks (
    chain_id  INTEGER PRIMARY KEY,
    paymaster TEXT NOT NULL
) STRICT;
ALTER TABLE idempotency_keys ADD COLUMN created_id TEXT NOT NULL DEFAULT '';
