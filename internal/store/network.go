package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
)

// Paymaster answers the paymaster that was chosen for a chain, the zero address
// when none was.
func (db *DB) Paymaster(ctx context.Context, chainID uint64) (common.Address, error) {
	var chosen common.Address
	err := db.reader.QueryRowContext(ctx, "SELECT paymaster FROM networks WHERE chain_id = $1", chainID).Scan(address("paymaster", &chosen))
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return common.Address{}, fmt.Errorf("read the paymaster of chain %d: %w", chainID, err)
	}
	return chosen, nil
}

// SetPaymaster chooses a chain's paymaster.
func (db *DB) SetPaymaster(ctx context.Context, chainID uint64, paymaster common.Address) error {
	_, err := db.writer.ExecContext(ctx, `INSERT INTO networks (chain_id, paymaster) VALUES ($1, $2)
		ON CONFLICT (chain_id) DO UPDATE SET paymaster = excluded.paymaster`, chainID, lower(paymaster))
	if err != nil {
		return fmt.Errorf("save the paymaster of chain %d: %w", chainID, err)
	}
	return nil
}
