-- Names of API keys, budgets of gas policies, and the log of API requests, which
-- is kept short.

-- +goose Up
ALTER TABLE api_keys ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE policies ADD COLUMN budget TEXT; -- wei that it may spend in all, NULL for any

CREATE TABLE request_log (
    id         TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    key_id     TEXT NOT NULL,
    request_id TEXT NOT NULL, -- the client may choose it, so it may repeat
    method     TEXT NOT NULL,
    route      TEXT NOT NULL,
    path       TEXT NOT NULL,
    subject    TEXT NOT NULL, -- id in the path, '' for none
    status     INTEGER NOT NULL,
    bytes      INTEGER NOT NULL,
    took       INTEGER NOT NULL, -- microseconds
    problem    TEXT NOT NULL, -- as the client was told, without secrets
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX request_log_created ON request_log (created_at);
CREATE INDEX request_log_project ON request_log (project_id, created_at, id);
CREATE INDEX request_log_failed ON request_log (project_id, created_at, id) WHERE status >= 400;
CREATE INDEX request_log_request ON request_log (project_id, request_id, created_at, id);
CREATE INDEX request_log_subject ON request_log (subject, created_at, id);
CREATE INDEX request_log_key ON request_log (project_id, key_id, created_at);
