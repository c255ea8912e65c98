-- The intents of one key, user, account or policy are listed status by status,
-- and merged: one index then serves the whole list and each tab of it. An id
-- belongs to one project, so the indexes go without it. The index on sessions
-- that end also holds what counting them looks at.

-- +goose Up
DROP INDEX intents_account;
DROP INDEX intents_account_status;
DROP INDEX intents_player;
DROP INDEX intents_player_status;
DROP INDEX intents_policy;
DROP INDEX intents_session;
DROP INDEX intents_signed_by;
CREATE INDEX intents_account ON intents (account_id, status, created_at, id);
CREATE INDEX intents_player ON intents (player_id, status, created_at, id);
CREATE INDEX intents_policy ON intents (policy_id, status, created_at, id) WHERE policy_id IS NOT NULL;
CREATE INDEX intents_session ON intents (session_id, status, created_at, id) WHERE session_id IS NOT NULL;
CREATE INDEX intents_signed_by ON intents (signed_by, status, created_at, id) WHERE signed_by NOT IN ('', 'owner');

DROP INDEX sessions_ending;
CREATE INDEX sessions_ending ON sessions (project_id, valid_until, state) WHERE state IN ('pending', 'active');
