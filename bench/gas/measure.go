package main

import (
	"context"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// measure measures both homes and the floor.
func (l *lab) measure(ctx context.Context) (*results, error) {
	var r results
	bundler := crypto.PubkeyToAddress(l.bundler.PublicKey)
	for range 2 { // the first mint writes a balance slot and the counter's
		receipt, err := l.send(ctx, l.nft, nil, nft.PackMint(bundler))
		if err != nil {
			return nil, fmt.Errorf("mint directly: %w", err)
		}
		r.Direct = receipt.GasUsed
	}

	proxy, deployment, err := l.newProxy(ctx, "proxy owner")
	if err != nil {
		return nil, fmt.Errorf("create the proxy: %w", err)
	}
	r.Deployment = deployment
	if r.Proxy, err = l.measureHome(ctx, proxy); err != nil {
		return nil, fmt.Errorf("measure the proxy: %w", err)
	}

	delegated, err := l.newDelegated(ctx, "delegated owner")
	if err != nil {
		return nil, fmt.Errorf("create the delegated account: %w", err)
	}
	if r.Delegated, err = l.measureHome(ctx, delegated); err != nil {
		return nil, fmt.Errorf("measure the delegated account: %w", err)
	}
	return &r, nil
}

func (l *lab) newProxy(ctx context.Context, ownerName string) (s *subject, deployment uint64, err error) {
	s = &subject{owner: keyOf(ownerName), session: keyOf("proxy session")}
	owner := crypto.PubkeyToAddress(s.owner.PublicKey)
	factory := bindings.FactoryAddress()
	var salt common.Hash
	for hasZero(s.address[:]) { // as it is at first
		salt[len(salt)-1]++
		s.address = bindings.AccountAddress(factory, bindings.AccountImplementation(), owner, salt)
	}
	create := bindings.NewLatchkeyAccountFactory().PackCreateAccountWithNonce(owner, salt, false)
	receipt, err := l.send(ctx, factory, nil, create)
	if err != nil {
		return nil, 0, err
	}
	return s, receipt.GasUsed, l.fund(ctx, s)
}

func (l *lab) newDelegated(ctx context.Context, ownerName string) (*subject, error) {
	s := &subject{owner: keyOf(ownerName), session: keyOf("delegated session"), delegated: true}
	s.address = crypto.PubkeyToAddress(s.owner.PublicKey)
	if err := l.delegate(ctx, s.owner); err != nil {
		return nil, err
	}
	return s, l.fund(ctx, s)
}

// fund gives the account a balance, a deposit, a first NFT and some tokens.
func (l *lab) fund(ctx context.Context, s *subject) error {
	if _, err := l.send(ctx, s.address, ether, nil); err != nil {
		return err
	}
	if _, err := l.send(ctx, bindings.EntryPointAddress, tenEther(), entryPoint.PackDepositTo(s.address)); err != nil {
		return err
	}
	if _, err := l.send(ctx, l.nft, nil, nft.PackMint(s.address)); err != nil {
		return err
	}
	for _, owner := range []common.Address{s.address, recipient} {
		if _, err := l.send(ctx, l.token, nil, token.PackMint(owner, ether)); err != nil {
			return err
		}
	}
	return nil
}

// step is one operation, whose gas is a figure unless gas is nil.
type step struct {
	name string
	gas  *uint64
	run  func() (bundle, error)
}

// measureHome measures everything on one account. To revoke all sessions comes
// last, since it is the end of all that came before.
func (l *lab) measureHome(ctx context.Context, s *subject) (home, error) {
	var h home
	owner := func(callData []byte) func() (bundle, error) {
		return func() (bundle, error) { return l.ownerOp(ctx, s, callData) }
	}
	// The first operation writes the lane's nonce slot, which no figure counts.
	if err := inOrder(step{"warm up", nil, owner(l.mint(s))}); err != nil {
		return h, err
	}
	if err := l.measureSession(ctx, s, &h); err != nil {
		return h, err
	}
	if err := l.measureGrants(ctx, s, &h); err != nil {
		return h, err
	}
	var err error
	if h.Rules, err = l.measureRules(ctx, s); err != nil {
		return h, fmt.Errorf("rules: %w", err)
	}
	unused := crypto.Keccak256Hash([]byte("unused"))
	err = inOrder(
		step{"e of a session never registered", &h.EUnused, owner(account.PackRevokeSession(unused))},
		step{"f", &h.F, owner(l.mint(s))},
		step{"revoke all", &h.RevokeAll, owner(account.PackRevokeAllSessions())},
	)
	return h, err
}

func inOrder(steps ...step) error {
	for _, step := range steps {
		bundle, err := step.run()
		if err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
		if step.gas != nil {
			*step.gas = bundle.gas
		}
	}
	return nil
}

// measureSession measures one session from its registration to its end.
func (l *lab) measureSession(ctx context.Context, s *subject, h *home) error {
	p, err := l.salted(s, l.mintTerms(s))
	if err != nil {
		return err
	}
	packed, err := p.Encode()
	if err != nil {
		return err
	}
	mint := func() (bundle, error) { return l.use(ctx, s, use{permission: p, callData: l.mint(s)}) }
	return inOrder(
		step{"a", &h.A, func() (bundle, error) { return l.register(ctx, s, p) }},
		step{"b", &h.B, mint},
		step{"c", &h.C, func() (bundle, error) {
			bundle, err := mint()
			h.Calldata = calldataOf(bundle.data)
			return bundle, err
		}},
		step{"e", &h.E, func() (bundle, error) {
			return l.ownerOp(ctx, s, account.PackRevokeSession(l.sessionID(s, packed)))
		}},
	)
}

// measureGrants measures c and d of sessions with other terms, and the other
// ways in.
func (l *lab) measureGrants(ctx context.Context, s *subject, h *home) error {
	ten, err := l.salted(s, l.tenFunctions(s))
	if err != nil {
		return err
	}
	firstUse := use{permission: l.mintTerms(s), wayIn: userop.FirstUse, callData: l.mint(s)}
	stateless := use{permission: l.statelessTerms(s), wayIn: userop.Stateless, callData: l.mint(s), sponsored: true}
	sponsored := use{permission: l.sponsoredTerms(s), callData: l.mint(s), sponsored: true}
	return inOrder(
		step{"a with ten functions", &h.ATen, func() (bundle, error) { return l.register(ctx, s, ten) }},
		step{"c with ten functions", &h.CTen, func() (bundle, error) {
			return l.twice(ctx, s, use{permission: ten, callData: l.mint(s)})
		}},
		step{"c under the paymaster", &h.CSponsored, l.secondUse(ctx, s, sponsored)},
		step{"d", &h.D, l.secondUse(ctx, s, use{permission: l.transferTerms(s), callData: l.transfer()})},
		step{"batch", &h.Batch, l.secondUse(ctx, s, use{permission: l.mintTerms(s), callData: l.mintBatch(s)})},
		step{"stateless", &h.Stateless, l.secondUse(ctx, s, stateless)},
		step{"a+b", &h.AB, func() (bundle, error) {
			firstUse.permission, err = l.salted(s, firstUse.permission)
			if err != nil {
				return bundle{}, err
			}
			return l.use(ctx, s, firstUse)
		}},
	)
}

// secondUse makes a step of usedTwice.
func (l *lab) secondUse(ctx context.Context, s *subject, u use) func() (bundle, error) {
	return func() (bundle, error) { return l.usedTwice(ctx, s, u) }
}

// measureKeys measures P-256 keys on accounts of their own.
func (l *lab) measureKeys(ctx context.Context) (k homeKeys, err error) {
	proxy, _, err := l.newProxy(ctx, "proxy owner for keys")
	if err != nil {
		return k, fmt.Errorf("create the proxy: %w", err)
	}
	delegated, err := l.newDelegated(ctx, "delegated owner for keys")
	if err != nil {
		return k, fmt.Errorf("create the delegated account: %w", err)
	}
	if k.Proxy, err = l.measureKeysOf(ctx, proxy); err != nil {
		return k, fmt.Errorf("measure keys on the proxy: %w", err)
	}
	if k.Delegated, err = l.measureKeysOf(ctx, delegated); err != nil {
		return k, fmt.Errorf("measure keys on the delegated account: %w", err)
	}
	return k, nil
}

// measureKeysOf measures the mint by each kind of P-256 key, in the second use.
func (l *lab) measureKeysOf(ctx context.Context, s *subject) (k keys, err error) {
	public, err := p256PublicKey()
	if err != nil {
		return k, err
	}
	mintBy := func(kind userop.SignerType) func() (bundle, error) {
		return l.secondUse(ctx, s, use{permission: l.keyTerms(s, kind, public), callData: l.mint(s)})
	}
	// The first operation writes the lane's nonce slot.
	err = inOrder(
		step{"warm up", nil, func() (bundle, error) { return l.ownerOp(ctx, s, l.mint(s)) }},
		step{"p256", &k.P256, mintBy(userop.P256)},
		step{"p256-sha256", &k.P256SHA256, mintBy(userop.P256SHA256)},
		step{"webauthn", &k.WebAuthn, mintBy(userop.WebAuthn)},
	)
	return k, err
}
