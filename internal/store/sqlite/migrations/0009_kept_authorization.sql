-- EIP-7702 authorizations that delegated accounts gave for later: r, s and v.

-- +goose Up
ALTER TABLE accounts ADD COLUMN kept_authorization BLOB;
