-- Times are microseconds since 1970 UTC, except expires_at of intents, which is
-- chain time in seconds. Amounts are decimal text, addresses and hashes
-- lower-case 0x text. Nested values are JSON.

-- +goose Up
CREATE TABLE projects (
    id                TEXT PRIMARY KEY,
    name              TEXT NOT NULL,
    default_fee_limit TEXT NOT NULL,
    created_at        BIGINT NOT NULL
);

CREATE TABLE api_keys (
    id         TEXT PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES projects (id),
    kind       TEXT NOT NULL,
    scopes     TEXT,
    hash       TEXT NOT NULL UNIQUE,
    hint       TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX api_keys_project ON api_keys (project_id);

CREATE TABLE players (
    id          TEXT PRIMARY KEY,
    project_id  TEXT NOT NULL REFERENCES projects (id),
    name        TEXT NOT NULL,
    description TEXT NOT NULL,
    metadata    TEXT,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL
);
CREATE INDEX players_project ON players (project_id, created_at, id);

CREATE TABLE accounts (
    id             TEXT PRIMARY KEY,
    project_id     TEXT NOT NULL REFERENCES projects (id),
    player_id      TEXT NOT NULL REFERENCES players (id),
    chain_id       BIGINT NOT NULL,
    address        TEXT NOT NULL,
    owner          TEXT NOT NULL,
    type           TEXT NOT NULL,
    factory        TEXT NOT NULL,
    implementation TEXT NOT NULL,
    salt           TEXT NOT NULL,
    deployed_at    BIGINT,
    deployed_tx    TEXT,
    created_at     BIGINT NOT NULL,
    updated_at     BIGINT NOT NULL
);
CREATE UNIQUE INDEX accounts_address ON accounts (project_id, chain_id, address);
CREATE INDEX accounts_project ON accounts (project_id, created_at, id);
-- A player has at most one account on a chain.
CREATE UNIQUE INDEX accounts_player ON accounts (player_id, chain_id);
CREATE INDEX accounts_owner ON accounts (owner);

CREATE TABLE contracts (
    id                  TEXT PRIMARY KEY,
    project_id          TEXT NOT NULL REFERENCES projects (id),
    name                TEXT NOT NULL,
    chain_id            BIGINT NOT NULL,
    address             TEXT NOT NULL,
    abi                 TEXT,
    public_verification BOOLEAN NOT NULL,
    created_at          BIGINT NOT NULL,
    updated_at          BIGINT NOT NULL
);
CREATE INDEX contracts_project ON contracts (project_id, created_at, id);
CREATE INDEX contracts_address ON contracts (project_id, chain_id, address);

CREATE TABLE policies (
    id             TEXT PRIMARY KEY,
    project_id     TEXT NOT NULL REFERENCES projects (id),
    name           TEXT NOT NULL,
    chain_id       BIGINT NOT NULL,
    sponsor_schema TEXT NOT NULL,
    enabled        BOOLEAN NOT NULL,
    deleted        BOOLEAN NOT NULL,
    reserved       TEXT NOT NULL,
    spent          TEXT NOT NULL,
    created_at     BIGINT NOT NULL,
    updated_at     BIGINT NOT NULL
);
CREATE INDEX policies_project ON policies (project_id, created_at, id);

CREATE TABLE policy_rules (
    id            TEXT PRIMARY KEY,
    project_id    TEXT NOT NULL REFERENCES projects (id),
    policy_id     TEXT NOT NULL REFERENCES policies (id),
    type          TEXT NOT NULL,
    contract_id   TEXT NOT NULL, -- the contract may be deleted: the rule then covers nothing
    function_name TEXT NOT NULL,
    wildcard      BOOLEAN NOT NULL,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL
);
CREATE INDEX policy_rules_policy ON policy_rules (policy_id, created_at, id);

CREATE TABLE sessions (
    id              TEXT PRIMARY KEY,
    project_id      TEXT NOT NULL REFERENCES projects (id),
    player_id       TEXT NOT NULL REFERENCES players (id),
    account_id      TEXT NOT NULL REFERENCES accounts (id),
    chain_id        BIGINT NOT NULL,
    account_address TEXT NOT NULL,
    signer          TEXT NOT NULL,
    permission      BYTEA,
    epoch           BIGINT NOT NULL,
    hash            TEXT NOT NULL,
    state           TEXT NOT NULL,
    register_intent TEXT NOT NULL,
    revoke_intent   TEXT NOT NULL,
    created_at      BIGINT NOT NULL,
    updated_at      BIGINT NOT NULL
);
-- A key has at most one live session on an account.
CREATE UNIQUE INDEX sessions_live_signer ON sessions (account_id, signer) WHERE state IN ('pending', 'active');
CREATE INDEX sessions_project ON sessions (project_id, created_at, id);
CREATE INDEX sessions_player ON sessions (player_id, created_at, id);
CREATE INDEX sessions_account ON sessions (account_id, created_at, id);

CREATE TABLE intents (
    id              TEXT PRIMARY KEY,
    project_id      TEXT NOT NULL REFERENCES projects (id),
    player_id       TEXT NOT NULL REFERENCES players (id),
    account_id      TEXT NOT NULL REFERENCES accounts (id),
    account_address TEXT NOT NULL,
    policy_id       TEXT REFERENCES policies (id),
    chain_id        BIGINT NOT NULL,
    kind            TEXT NOT NULL,
    session_id      TEXT REFERENCES sessions (id),
    interactions    TEXT,
    status          TEXT NOT NULL,
    operation       TEXT,
    operation_hash  TEXT NOT NULL,
    lane            BIGINT NOT NULL,
    max_cost        TEXT NOT NULL,
    deploy_first    BOOLEAN NOT NULL,
    expires_at      BIGINT NOT NULL, -- chain time, seconds
    signed_by       TEXT NOT NULL,
    client_sig      BYTEA,
    outcome         TEXT,
    failure         TEXT,
    transitions     TEXT,
    created_at      BIGINT NOT NULL,
    updated_at      BIGINT NOT NULL
);
-- A nonce lane is held by one open intent at a time.
CREATE UNIQUE INDEX intents_open_lane ON intents (account_id, lane) WHERE status IN ('waiting', 'signed');
CREATE INDEX intents_open ON intents (chain_id, status, created_at, id) WHERE status IN ('waiting', 'signed');
CREATE INDEX intents_project ON intents (project_id, created_at, id);
CREATE INDEX intents_account ON intents (account_id, created_at, id);
CREATE INDEX intents_player ON intents (player_id, created_at, id);
CREATE INDEX intents_policy ON intents (policy_id, created_at, id) WHERE policy_id IS NOT NULL;
CREATE INDEX intents_session ON intents (session_id) WHERE session_id IS NOT NULL;
CREATE INDEX intents_signed_by ON intents (signed_by) WHERE signed_by NOT IN ('', 'owner');

CREATE TABLE operations (
    seq        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- order of arrival
    chain_id   BIGINT NOT NULL,
    hash       TEXT NOT NULL,
    operation  TEXT,
    deploy     TEXT,
    after_hash TEXT NOT NULL,
    alone      BOOLEAN NOT NULL,
    state      TEXT NOT NULL,
    tx_id      BIGINT NOT NULL,
    result     TEXT,
    reason     TEXT NOT NULL,
    attempts   BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX operations_hash ON operations (chain_id, hash);
CREATE INDEX operations_queued ON operations (chain_id, seq) WHERE state = 'queued';

CREATE TABLE relayer_leases (
    chain_id   BIGINT NOT NULL,
    relayer    TEXT NOT NULL,
    owner      TEXT NOT NULL,
    epoch      BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (chain_id, relayer)
);

CREATE TABLE relayer_transactions (
    id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    chain_id     BIGINT NOT NULL,
    relayer      TEXT NOT NULL,
    nonce        BIGINT NOT NULL,
    raw          BYTEA,
    hash         TEXT NOT NULL,
    replaced     TEXT,
    state        TEXT NOT NULL,
    operations   TEXT,
    block_number BIGINT NOT NULL,
    block_hash   TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL
);
-- One live transaction has a nonce. A final one may have had it before: chains
-- that reorganise deeply, or start over, give nonces again.
CREATE UNIQUE INDEX relayer_transactions_live ON relayer_transactions (chain_id, relayer, nonce) WHERE state IN ('signed', 'mined');

CREATE TABLE idempotency_keys (
    project_id   TEXT NOT NULL REFERENCES projects (id),
    key          TEXT NOT NULL,
    route        TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    holder       TEXT NOT NULL,    -- process that answers the request
    lease_until  BIGINT NOT NULL, -- database time; meaningless once answered
    status       BIGINT,          -- NULL while the request is in flight
    body         BYTEA,
    created_at   BIGINT NOT NULL, -- database time
    PRIMARY KEY (project_id, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);
