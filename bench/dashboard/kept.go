package main

import (
	"context"
	"fmt"
)

// prepare fills the database, unless a run before this one has, and finds the
// pages far down.
func (w *world) prepare(ctx context.Context, s size) error {
	w.size = s
	kept, err := w.recall(ctx, s)
	if err != nil {
		return err
	}
	if !kept {
		if err := w.fill(ctx, s); err != nil {
			return err
		}
	}
	for _, list := range lists {
		if err := w.dive(ctx, list); err != nil {
			return err
		}
	}
	return nil
}

// note keeps beside the records what the pages ask for by name, as the last
// thing: a database without it was not filled to the end.
func (w *world) note(ctx context.Context, s size) error {
	if _, err := w.sql.ExecContext(ctx, "CREATE TABLE bench_world (sessions INTEGER, intents INTEGER, policy_id TEXT, contract_id TEXT)"); err != nil {
		return fmt.Errorf("note that the database is filled: %w", err)
	}
	_, err := w.sql.ExecContext(ctx, "INSERT INTO bench_world VALUES ($1, $2, $3, $4)", s.sessions, s.intents, w.policy.ID, w.contract.ID)
	if err != nil {
		return fmt.Errorf("note that the database is filled: %w", err)
	}
	return nil
}

// recall answers whether the database was filled before.
func (w *world) recall(ctx context.Context, s size) (bool, error) {
	names, err := w.columns(ctx, "bench_world")
	if err != nil || len(names) == 0 {
		// Neither database tells a table that is missing in the same words.
		return false, w.empty(ctx)
	}
	var of size
	err = w.sql.QueryRowContext(ctx, "SELECT sessions, intents, policy_id, contract_id FROM bench_world").
		Scan(&of.sessions, &of.intents, &w.policy.ID, &w.contract.ID)
	if err == nil && of != s {
		err = fmt.Errorf("the kept database has %d sessions and %d intents: ask for as many, or remove it", of.sessions, of.intents)
	}
	return err == nil, err
}

// empty refuses a database that was filled in part.
func (w *world) empty(ctx context.Context) error {
	var n int
	err := w.sql.QueryRowContext(ctx, "SELECT COUNT(*) FROM players").Scan(&n)
	if err == nil && n > 0 {
		err = fmt.Errorf("the kept database was not filled to the end: remove it")
	}
	return err
}
