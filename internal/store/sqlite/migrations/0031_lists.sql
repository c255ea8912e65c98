-- Lists of one user's, or one account's, records in a project with many, and of
-- sessions that are live or over: without these, either database reads the
-- project's whole list in its order and drops nearly all of it.

-- +goose Up
CREATE INDEX accounts_of_player ON accounts (project_id, player_id, created_at, id);
CREATE INDEX accounts_of_owner ON accounts (project_id, owner, created_at, id);
CREATE INDEX accounts_at ON accounts (project_id, address, created_at, id);
CREATE INDEX sessions_of_player ON sessions (project_id, player_id, created_at, id);
CREATE INDEX sessions_of_account ON sessions (project_id, account_id, created_at, id);
CREATE INDEX sessions_of_signer ON sessions (project_id, signer, created_at, id);
CREATE INDEX sessions_live ON sessions (project_id, created_at, id) WHERE state IN ('pending', 'active');
CREATE INDEX sessions_over ON sessions (project_id, created_at, id) WHERE NOT (state IN ('pending', 'active'));
