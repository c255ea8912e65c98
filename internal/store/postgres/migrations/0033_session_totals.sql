-- What each session key has signed so far, kept as it signs and as that is
-- included, and lists of one key's, user's or account's intents in their order:
-- summing up or sorting a busy key's intents takes seconds.

-- +goose Up
CREATE TABLE session_totals (
    session_id TEXT PRIMARY KEY,
    operations BIGINT NOT NULL,
    gas_fee TEXT NOT NULL, -- wei
    last_used BIGINT NOT NULL -- when the newest was made
);

-- Fees are summed up as gwei and the wei beyond: not every database has integers
-- that hold the sum.
INSERT INTO session_totals (session_id, operations, gas_fee, last_used)
SELECT signed_by, operations,
    CASE WHEN gwei + wei / 1000000000 = 0 THEN CAST(wei AS TEXT)
    ELSE CAST(gwei + wei / 1000000000 AS TEXT) || substr(CAST(1000000000 + wei % 1000000000 AS TEXT), 2) END,
    last_used
FROM (
    SELECT signed_by, COUNT(*) AS operations, MAX(created_at) AS last_used,
        CAST(COALESCE(SUM(CASE WHEN length(gas_fee) > 9 THEN CAST(substr(gas_fee, 1, length(gas_fee) - 9) AS BIGINT) END), 0) AS BIGINT) AS gwei,
        CAST(COALESCE(SUM(CASE WHEN length(gas_fee) > 9 THEN CAST(substr(gas_fee, length(gas_fee) - 8) AS BIGINT) ELSE CAST(gas_fee AS BIGINT) END), 0) AS BIGINT) AS wei
    FROM intents WHERE signed_by NOT IN ('', 'owner', 'client') GROUP BY signed_by
) AS summed;

DROP INDEX intents_session;
DROP INDEX intents_signed_by;
CREATE INDEX intents_session ON intents (project_id, session_id, created_at, id) WHERE session_id IS NOT NULL;
CREATE INDEX intents_signed_by ON intents (project_id, signed_by, created_at, id) WHERE signed_by NOT IN ('', 'owner');
CREATE INDEX intents_player_status ON intents (project_id, player_id, status, created_at, id);
CREATE INDEX intents_account_status ON intents (project_id, account_id, status, created_at, id);
