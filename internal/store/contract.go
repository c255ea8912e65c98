package store

import (
	"context"
	"fmt"

	"github.com/latchkey-dev/latchkey/internal/contract"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/page"
)

var contracts = table[contract.Contract]{
	name: "contracts",
	noun: "contract",
	cells: func(c *contract.Contract) []cell {
		return []cell{
			word("id", &c.ID),
			word("project_id", &c.ProjectID),
			word("name", &c.Name),
			number("chain_id", &c.ChainID),
			address("address", &c.Address),
			raw("abi", &c.ABI),
			flag("public_verification", &c.PublicVerification),
			moment("created_at", &c.CreatedAt),
			moment("updated_at", &c.UpdatedAt),
		}
	},
}

// CreateContract saves a new contract.
func (db *DB) CreateContract(ctx context.Context, c contract.Contract) error {
	err := contracts.create(ctx, db, c, c.ID)
	return db.refuse(err, fmt.Sprintf("contract %s exists already", c.ID), fmt.Sprintf("project %s does not exist", c.ProjectID))
}

// Contract answers one contract of a project.
func (db *DB) Contract(ctx context.Context, projectID, id string) (contract.Contract, error) {
	return contracts.one(ctx, db.reader, owned(projectID, id), "")
}

// Contracts answers one page of a project's contracts.
func (db *DB) Contracts(ctx context.Context, projectID string, f contract.Filter, req page.Request) (page.Page[contract.Contract], error) {
	w := by("project_id", projectID).
		given("name", f.Name).
		givenNumber("chain_id", f.ChainID).
		givenAddress("address", f.Address)
	return contracts.page(ctx, db.reader, w, req)
}

// UpdateContract changes one contract.
func (db *DB) UpdateContract(ctx context.Context, projectID, id string, update func(contract.Contract) (contract.Contract, error)) (contract.Contract, error) {
	return contracts.modify(ctx, db, owned(projectID, id), update)
}

// DeleteContract deletes one contract. Policy rules may still name it.
func (db *DB) DeleteContract(ctx context.Context, projectID, id string) error {
	return db.remove(ctx, "contracts", "contract", projectID, id)
}

// remove deletes one record of a project.
func (db *DB) remove(ctx context.Context, table, noun, projectID, id string) error {
	res, err := db.writer.ExecContext(ctx, "DELETE FROM "+table+" WHERE project_id = $1 AND id = $2", projectID, id)
	if err != nil {
		return fmt.Errorf("delete %s %s: %w", noun, id, err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return fmt.Errorf("delete %s %s: %w", noun, id, err)
	}
	if n == 0 {
		return fault.New(fault.NotFound, "%s %s does not exist", noun, id)
	}
	return nil
}
