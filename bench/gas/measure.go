package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/latchkey-dev/latchkey/internal/bindings"
)

const (
	callLimit  = 100
	validUntil = 1<<40 - 1
)

// measure measures both homes and the floor.
func (l *lab) measure(ctx context.Context) (*results, error) {
	var r results
	bundler := crypto.PubkeyToAddress(l.bundler.PublicKey)
	mint := bindings.NewDevNFT().PackMint(bundler)
	for range 2 { // the first mint writes a balance slot and the counter's
		receipt, err := l.send(ctx, l.nft, nil, mint)
		if err != nil {
			return nil, fmt.Errorf("mint directly: %w", err)
		}
		r.Direct = receipt.GasUsed
	}

	proxy, deployment, err := l.newProxy(ctx)
	if err != nil {
		return nil, fmt.Errorf("create the proxy: %w", err)
	}
	r.Deployment = deployment
	if r.Proxy, err = l.measureHome(ctx, proxy); err != nil {
		return nil, fmt.Errorf("measure the proxy: %w", err)
	}

	delegated, err := l.newDelegated(ctx)
	if err != nil {
		return nil, fmt.Errorf("create the delegated account: %w", err)
	}
	if r.Delegated, err = l.measureHome(ctx, delegated); err != nil {
		return nil, fmt.Errorf("measure the delegated account: %w", err)
	}
	return &r, nil
}

func (l *lab) newProxy(ctx context.Context) (*subject, uint64, error) {
	s := &subject{owner: keyOf("proxy owner"), session: keyOf("proxy session")}
	owner := crypto.PubkeyToAddress(s.owner.PublicKey)
	factory := bindings.FactoryAddress()
	s.address = bindings.AccountAddress(factory, bindings.AccountImplementation(), owner, common.Hash{})
	create := bindings.NewLatchkeyAccountFactory().PackCreateAccountWithNonce(owner, common.Hash{}, false)
	receipt, err := l.send(ctx, factory, nil, create)
	if err != nil {
		return nil, 0, err
	}
	return s, receipt.GasUsed, l.fund(ctx, s)
}

func (l *lab) newDelegated(ctx context.Context) (*subject, error) {
	s := &subject{owner: keyOf("delegated owner"), session: keyOf("delegated session"), delegated: true}
	s.address = crypto.PubkeyToAddress(s.owner.PublicKey)
	if err := l.delegate(ctx, s.owner); err != nil {
		return nil, err
	}
	return s, l.fund(ctx, s)
}

// fund gives the account a balance, a deposit and a first token.
func (l *lab) fund(ctx context.Context, s *subject) error {
	if _, err := l.send(ctx, s.address, ether, nil); err != nil {
		return err
	}
	if _, err := l.send(ctx, bindings.EntryPointAddress, tenEther(), entryPoint.PackDepositTo(s.address)); err != nil {
		return err
	}
	_, err := l.send(ctx, l.nft, nil, bindings.NewDevNFT().PackMint(s.address))
	return err
}

// measureHome runs the operations of one account in the order of the figures.
func (l *lab) measureHome(ctx context.Context, s *subject) (home, error) {
	var h home
	mint := account.PackExecute(l.nft, new(big.Int), bindings.NewDevNFT().PackMint(s.address))
	one := l.permission(s, 1)
	ten := l.permission(s, 10)
	session := func(permission []byte, sponsored bool) func() (uint64, error) {
		return func() (uint64, error) { return l.sessionOp(ctx, s, permission, mint, sponsored) }
	}
	owner := func(callData []byte) func() (uint64, error) {
		return func() (uint64, error) { return l.ownerOp(ctx, s, callData) }
	}

	// The first operation writes the lane's nonce slot, which no figure counts.
	var warmUp uint64
	steps := []struct {
		name string
		gas  *uint64
		run  func() (uint64, error)
	}{
		{"warm up", &warmUp, owner(mint)},
		{"a", &h.A, owner(account.PackRegisterSession(one))},
		{"b", &h.B, session(one, false)},
		{"c", &h.C, session(one, false)},
		{"c under the paymaster", &h.CSponsored, session(one, true)},
		{"register ten functions", &h.ATen, owner(account.PackRegisterSession(ten))},
		{"b with ten functions", &warmUp, session(ten, false)},
		{"c with ten functions", &h.CTen, session(ten, false)},
		{"e", &h.E, owner(account.PackRevokeSession(l.sessionID(ctx, s, one)))},
		{"e of a session never registered", &h.EUnused, owner(account.PackRevokeSession(crypto.Keccak256Hash([]byte("unused"))))},
		{"f", &h.F, owner(mint)},
		{"revoke all", &h.RevokeAll, owner(account.PackRevokeAllSessions())},
	}
	for _, step := range steps {
		gas, err := step.run()
		if err != nil {
			return home{}, fmt.Errorf("%s: %w", step.name, err)
		}
		*step.gas = gas
	}
	return h, nil
}

// sessionID asks the account; a failure shows when the id revokes nothing.
func (l *lab) sessionID(ctx context.Context, s *subject, permission []byte) common.Hash {
	out, err := l.call(ctx, s.address, account.PackSessionId(permission))
	if err != nil {
		return common.Hash{}
	}
	return common.BytesToHash(out)
}

// permission allows mint among `functions` functions, of which mint comes last,
// under the paymaster too.
func (l *lab) permission(s *subject, functions int) []byte {
	signer := crypto.PubkeyToAddress(s.session.PublicKey)
	p := append([]byte{1, 0}, signer[:]...)
	p = append(p, uint48(validUntil)...)
	p = append(p, 0, 0, byte(functions), 1)
	p = append(p, uint48(0)...)
	p = append(p, uint48(callLimit)...)
	p = binary.BigEndian.AppendUint64(p, uint64(functions)) // salt
	p = append(p, ether.FillBytes(make([]byte, 12))...)
	selector := binary.BigEndian.Uint32(bindings.NewDevNFT().PackMint(signer))
	for i := functions - 1; i >= 0; i-- {
		p = binary.BigEndian.AppendUint32(append(p, l.nft[:]...), selector-uint32(i)*0x01010101)
	}
	return append(p, l.paymaster[:]...)
}

func uint48(n int64) []byte { return big.NewInt(n).FillBytes(make([]byte, 6)) }
