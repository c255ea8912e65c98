-- What a start has still to fill in, of rows of builds that had no such column:
-- the indexes hold those rows alone, and are empty once that is done.

-- +goose Up
CREATE INDEX sessions_endless ON sessions (id) WHERE valid_until IS NULL AND permission IS NOT NULL;
CREATE INDEX intents_feeless ON intents (id) WHERE gas_fee IS NULL AND outcome IS NOT NULL;
