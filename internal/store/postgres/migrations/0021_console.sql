-- For the dashboard: players by name, what changed lately, the mark of sessions
-- that the server refuses to act for, which session signed a queued operation,
-- and what each operation cost.

-- +goose Up
CREATE INDEX players_name ON players (project_id, lower(name) COLLATE "C", id);
CREATE INDEX intents_updated ON intents (updated_at);
CREATE INDEX sessions_updated ON sessions (updated_at);
ALTER TABLE sessions ADD COLUMN blocked_at BIGINT;
ALTER TABLE sessions ADD COLUMN blocked_by TEXT NOT NULL DEFAULT '';
ALTER TABLE operations ADD COLUMN session_id TEXT NOT NULL DEFAULT '';
ALTER TABLE intents ADD COLUMN gas_fee TEXT; -- of the outcome, wei; NULL until included, and in older rows
