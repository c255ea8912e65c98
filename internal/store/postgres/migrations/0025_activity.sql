-- For the dashboard: intents by status and by hash, what each hour cost, and
-- when sessions end.

-- +goose Up
CREATE INDEX intents_status ON intents (project_id, status, created_at, id);
CREATE INDEX intents_operation_hash ON intents (operation_hash);
CREATE INDEX relayer_transactions_hash ON relayer_transactions (hash);

-- What was included in an hour, from this version on.
CREATE TABLE usage_hours (
    project_id TEXT NOT NULL REFERENCES projects (id),
    policy_id  TEXT NOT NULL,    -- '' for what accounts paid
    hour       BIGINT  NOT NULL, -- its beginning
    operations BIGINT NOT NULL,
    failed     BIGINT NOT NULL,
    gas_fee    TEXT NOT NULL,    -- wei
    PRIMARY KEY (project_id, hour, policy_id)
);
CREATE INDEX usage_hours_policy ON usage_hours (policy_id, hour);

ALTER TABLE sessions ADD COLUMN valid_until BIGINT; -- of the permission, chain time in seconds; older rows are filled in at the next start
CREATE INDEX sessions_ending ON sessions (project_id, valid_until) WHERE state IN ('pending', 'active');
