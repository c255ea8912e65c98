-- EIP-7702 accounts: the official clients' word for an account's
-- implementation, and the authorization that comes with an operation, as JSON.

-- +goose Up
ALTER TABLE accounts ADD COLUMN implementation_type TEXT NOT NULL DEFAULT 'UpgradeableV6';
ALTER TABLE intents ADD COLUMN delegation TEXT;
ALTER TABLE operations ADD COLUMN delegation TEXT;
