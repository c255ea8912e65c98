package main

import (
	"context"
	"errors"
	"math/big"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// What isValidSignature answers.
const (
	validSignature   = "0x1626ba7e"
	invalidSignature = "0xffffffff"
)

// typedDataRows are about what the key may sign for the account. Apps ask the
// account itself, so there is no operation, and no request that the server
// could refuse: its evaluator is asked here.
func (w *world) typedDataRows() []row {
	const order, permit = "Order(address maker,uint256 amount)", "Permit(address owner,uint256 value)"
	market, bazaar := w.domain("Market"), w.domain("Bazaar")
	one, all := w.message(market, order, 1), w.message(market, order, 1e18)
	// The description is the signer's own word, and must not be believed.
	disguised := w.message(market, permit, 1)
	disguised.Description = order

	grant := permissions(w.calls("ping()"), typed("typed-data", map[string]any{
		"domainSeparator": market.Hex(), "typeHash": one.TypeHash().Hex(),
	}))
	rowOf := func(rule string, past userop.Message) row {
		return row{
			rule: rule, grant: grant, try: w.trySigning(one, all, past),
			refusal: permission.RuleTypedData, revert: invalidSignature,
		}
	}
	return []row{
		rowOf("typedData, another type", w.message(market, permit, 1)),
		rowOf("typedData, another domain", w.message(bazaar, order, 1)),
		rowOf("typedData, another type in disguise", disguised),
	}
}

// domain is the separator of an app on this chain.
func (w *world) domain(app string) common.Hash {
	return crypto.Keccak256Hash(
		crypto.Keccak256([]byte("EIP712Domain(string name,uint256 chainId)")),
		crypto.Keccak256([]byte(app)), word(new(big.Int).SetUint64(w.info.ChainID)),
	)
}

// message names the account and an amount.
func (w *world) message(domain common.Hash, kind string, amount int64) userop.Message {
	contents := crypto.Keccak256([]byte(kind))
	contents = append(contents, common.LeftPadBytes(w.account[:], 32)...)
	return userop.Message{Domain: domain, Contents: append(contents, word(big.NewInt(amount))...), Description: kind}
}

func word(n *big.Int) []byte { return n.FillBytes(make([]byte, 32)) }

func (w *world) trySigning(inside, edge, past userop.Message) func(context.Context, *session, *sight) error {
	return func(ctx context.Context, s *session, seen *sight) (err error) {
		for _, shown := range []struct {
			to      *string
			message userop.Message
		}{{&seen.inside, inside}, {&seen.edge, edge}, {&seen.contract, past}} {
			if *shown.to, err = s.asksAccount(ctx, shown.message); err != nil {
				return err
			}
		}
		if seen.inside != validSignature || seen.edge != validSignature {
			return errors.New("the account does not accept a signature that was granted")
		}
		seen.server, err = s.evaluatedMessage(ctx, past)
		return wrap("past, by the evaluator", err)
	}
}

// asksAccount signs a message and answers what the account thinks of it.
func (s *session) asksAccount(ctx context.Context, m userop.Message) (string, error) {
	digest, err := m.Digest(s.w.info.ChainID, s.w.account)
	if err != nil {
		return "", err
	}
	signature, err := s.key.SignHash(ctx, digest)
	if err != nil {
		return "", err
	}
	call := accountContract.PackIsValidSignature(m.Hash(), m.SessionSignature(s.packed, signature[:]))
	answer, err := s.w.chain.CallContract(ctx, ethereum.CallMsg{To: &s.w.account, Data: call}, nil)
	if err != nil {
		return "", err
	}
	if len(answer) < 4 {
		return "", errors.New("the account answers nothing")
	}
	return hexutil.Encode(answer[:4]), nil
}

func (s *session) evaluatedMessage(ctx context.Context, m userop.Message) (string, error) {
	status, err := s.status(ctx)
	if err != nil {
		return "", err
	}
	now, err := s.w.now(ctx)
	if err != nil {
		return "", err
	}
	refusal := permission.EvaluateMessage(s.terms, permission.State{Status: status}, permission.Message{DomainSeparator: m.Domain, TypeHash: m.TypeHash(), Time: now})
	if refusal == nil {
		return "", nil
	}
	return string(refusal.Rule), nil
}
