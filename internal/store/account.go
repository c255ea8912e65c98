package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

var accounts = table[account.Account]{
	name: "accounts",
	noun: "account",
	cells: func(a *account.Account) []cell {
		return []cell{
			word("id", &a.ID),
			word("project_id", &a.ProjectID),
			word("player_id", &a.PlayerID),
			number("chain_id", &a.ChainID),
			address("address", &a.Address),
			address("owner", &a.Owner.Address),
			number("owner_kind", &a.Owner.Kind),
			ownerKeys("owner_keys", a),
			word("type", &a.Type),
			reference("signer_id", &a.SignerID),
			word("implementation_type", &a.ImplementationType),
			address("factory", &a.Factory),
			address("implementation", &a.Implementation),
			hash("salt", &a.Salt),
			optionalMoment("deployed_at", &a.DeployedAt),
			optionalHash("deployed_tx", &a.DeployedTx),
			blob("kept_authorization", &a.KeptAuthorization),
			moment("created_at", &a.CreatedAt),
			moment("updated_at", &a.UpdatedAt),
		}
	},
}

// ownerKeys keeps the public keys of an account's owners. The present owner's
// is one of them; its address and kind are read before.
func ownerKeys(column string, a *account.Account) cell {
	c := blob(column, &a.OwnerKeys)
	set, clear := c.set, c.clear
	c.set = func(src any) error {
		a.Owner.Key = userop.P256Key{}
		defer a.RecallKey()
		return set(src)
	}
	c.clear = func() { clear(); a.Owner.Key = userop.P256Key{} }
	return c
}

// CreateAccount saves a new account, and its player if that is new.
func (db *DB) CreateAccount(ctx context.Context, a account.Account) error {
	return db.write(ctx, func(tx *sql.Tx) error {
		if err := db.saveAccount(ctx, tx, a); err != nil {
			return err
		}
		return note(ctx, tx, a.ID)
	})
}

func (db *DB) saveAccount(ctx context.Context, tx *sql.Tx, a account.Account) error {
	if a.NewPlayer != nil {
		if err := players.insert(ctx, tx, *a.NewPlayer); err != nil {
			return err
		}
	}
	err := accounts.insert(ctx, tx, a)
	taken := fmt.Sprintf("account %s exists already on chain %d", a.Address, a.ChainID)
	if rule, _ := db.dialect.UniqueViolation(err); strings.Contains(rule, "player") {
		taken = fmt.Sprintf("player %s has an account on chain %d already", a.PlayerID, a.ChainID)
	}
	return db.refuse(err, taken, fmt.Sprintf("player %s does not exist", a.PlayerID))
}

// Account answers one account of a project.
func (db *DB) Account(ctx context.Context, projectID, id string) (account.Account, error) {
	return accounts.one(ctx, db.reader, owned(projectID, id), "")
}

// AccountByAddress answers a project's account at an address.
func (db *DB) AccountByAddress(ctx context.Context, projectID string, chainID uint64, address common.Address) (account.Account, error) {
	w := by("project_id", projectID).and("chain_id", chainID).and("address", lower(address))
	return accounts.one(ctx, db.reader, w, "")
}

// Accounts answers one page of a project's accounts.
func (db *DB) Accounts(ctx context.Context, projectID string, f account.Filter, req page.Request) (page.Page[account.Account], error) {
	w := by("project_id", projectID).
		given("player_id", f.PlayerID).
		givenAddress("owner", f.Owner).
		givenAddress("address", f.Address).
		givenNumber("chain_id", f.ChainID).
		given("type", string(f.Type))
	return accounts.page(ctx, db.reader, w, req)
}

// AccountsOf answers the accounts of several players. It asks for no order:
// SQLite would rather read the project's whole list than sort a few rows.
func (db *DB) AccountsOf(ctx context.Context, projectID string, playerIDs []string) ([]account.Account, error) {
	if len(playerIDs) == 0 {
		return nil, nil
	}
	return accounts.list(ctx, db.reader, by("project_id", projectID).in("player_id", playerIDs), "")
}

// UpdateAccount changes one account.
func (db *DB) UpdateAccount(ctx context.Context, projectID, id string, update func(account.Account) (account.Account, error)) (account.Account, error) {
	return accounts.modify(ctx, db, owned(projectID, id), update)
}
