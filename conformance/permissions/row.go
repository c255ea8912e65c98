package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/client"
	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// row is one limit, with what is tried on it.
type row struct {
	rule  string         // as printed
	grant map[string]any // what POST /v1/sessions is given beside the key and the time

	inside, edge, past []userop.Call
	// pastFirst tries past before edge, for an operation that is too much as a
	// whole although each of its parts would fit.
	pastFirst bool

	refusal permission.RuleName // the rule that the server names for past
	revert  string              // the error that the contract answers past with

	// try replaces the three operations by others, for limits that are about
	// more than calls.
	try func(ctx context.Context, s *session, seen *sight) error
}

// sight is what became of a row's operations.
type sight struct {
	inside, edge     string // transaction
	server, contract string // rule and error that refused
}

// show grants the session and makes the operations. Its error says what was
// not as it must be.
func (r row) show(ctx context.Context, w *world) (seen sight, err error) {
	s, err := w.grant(ctx, r.grant)
	if err != nil {
		return seen, fmt.Errorf("grant: %w", err)
	}
	if r.try != nil {
		err = r.try(ctx, s, &seen)
	} else {
		err = r.calls(ctx, s, &seen)
	}
	if err != nil {
		return seen, err
	}
	return seen, r.judge(seen)
}

func (r row) calls(ctx context.Context, s *session, seen *sight) (err error) {
	if seen.inside, err = s.included(ctx, r.inside); err != nil {
		return fmt.Errorf("inside: %w", err)
	}
	steps := []func() error{
		func() (err error) { seen.edge, err = s.included(ctx, r.edge); return wrap("at the edge", err) },
		func() error { return r.refused(ctx, s, r.past, seen) },
	}
	if r.pastFirst {
		steps[0], steps[1] = steps[1], steps[0]
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// refused sends past to the server, and then past the server.
func (r row) refused(ctx context.Context, s *session, past []userop.Call, seen *sight) (err error) {
	if seen.server, err = s.refusedByServer(ctx, s.w.info.Policy, past); err != nil {
		return wrap("past, by the server", err)
	}
	seen.contract, err = s.refusedByContract(ctx, straight{calls: past})
	return wrap("past, by the contract", err)
}

func (r row) judge(seen sight) error {
	var wrong []error
	if seen.server != string(r.refusal) {
		wrong = append(wrong, fmt.Errorf("the server says %q, expected rule %q", seen.server, r.refusal))
	}
	if seen.contract != r.revert {
		wrong = append(wrong, fmt.Errorf("the contract says %q, expected %q", seen.contract, r.revert))
	}
	return errors.Join(wrong...)
}

// included makes an operation through the server and answers its transaction.
func (s *session) included(ctx context.Context, calls []userop.Call) (string, error) {
	return s.includedBy(ctx, s.w.info.Policy, calls)
}

func (s *session) includedBy(ctx context.Context, policy string, calls []userop.Call) (string, error) {
	in, err := s.w.intend(ctx, policy, calls)
	if err != nil {
		return "", err
	}
	tx, err := s.w.sign(ctx, in, s.key)
	return short(tx), err
}

// includedStraight makes an operation past the server.
func (s *session) includedStraight(ctx context.Context, st straight) (string, error) {
	tx, refusal, err := s.sendStraight(ctx, st)
	if err == nil && refusal != "" {
		err = fmt.Errorf("refused with %s", refusal)
	}
	return short(tx), err
}

// refusedByServer answers the rule that the server names.
func (s *session) refusedByServer(ctx context.Context, policy string, calls []userop.Call) (string, error) {
	in, err := s.w.intend(ctx, policy, calls)
	if err == nil {
		_, err = s.w.sign(ctx, in, s.key)
	}
	var refusal *client.Refusal
	if err == nil {
		return "", errors.New("not refused")
	}
	if !errors.As(err, &refusal) || refusal.Status != 400 {
		return "", err
	}
	_, reason, ok := strings.Cut(refusal.Message, " may not do this: ")
	if !ok {
		return "", refusal
	}
	rule, _, _ := strings.Cut(reason, ":")
	return rule, nil
}

// refusedByContract answers the error that the operation is refused with.
func (s *session) refusedByContract(ctx context.Context, st straight) (string, error) {
	tx, refusal, err := s.sendStraight(ctx, st)
	if err == nil && refusal == "" {
		err = fmt.Errorf("taken, in transaction %s", tx)
	}
	return refusal, err
}

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}

// short is "" for no transaction.
func short(tx common.Hash) string {
	if tx == (common.Hash{}) {
		return ""
	}
	return tx.Hex()[:10]
}

func compact(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
