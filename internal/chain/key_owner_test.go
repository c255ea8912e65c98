package chain_test

import (
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/chain"
	"github.com/latchkey-dev/latchkey/internal/keytest"
	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// keyHome is a proxy account whose owner is a key on P-256.
type keyHome struct {
	address common.Address
	key     keytest.Key
}

// keyed is an account with money, deployed or not.
func (w *world) keyed(kind userop.SignerType, deployed bool) keyHome {
	w.Helper()
	key := keytest.New(w, kind)
	owner := key.Owner
	address := bindings.KeyAccountAddress(bindings.FactoryAddress(), bindings.AccountImplementation(), byte(kind), owner.Key.X, owner.Key.Y, common.Hash{})
	if deployed {
		w.succeed(w.send(bindings.FactoryAddress(), nil, owner.Create(common.Hash{})))
	}
	w.fund(address)
	return keyHome{address, key}
}

// keyOperation is an operation of the account, which deploys itself if it is
// not there, with gas to verify without the precompile.
func (w *world) keyOperation(h keyHome, callData []byte) userop.Operation {
	w.Helper()
	op := w.operation(home{address: h.address, owner: w.bundler}, callData)
	op.VerificationGasLimit = big.NewInt(2_000_000)
	if op.Factory != (common.Address{}) {
		op.FactoryData = h.key.Owner.Create(common.Hash{})
	}
	return op
}

// checked is a signature of the owner as the account takes it.
func (w *world) checked(h keyHome, hash common.Hash) []byte {
	w.Helper()
	form, signature, err := h.key.Owner.Check(hash, h.key.Sign(hash))
	w.must(err)
	if form != userop.Raw {
		w.Fatalf("a %s key signed in form %d", h.key.Owner.Kind, form)
	}
	return signature
}

func (w *world) signAsKey(op *userop.Operation, h keyHome) {
	w.Helper()
	op.Signature = h.key.Owner.Field(userop.Raw, userop.Proxy, w.checked(h, w.hash(*op)))
}

func TestAccountOfAKey(t *testing.T) {
	w := newWorld(t)
	for _, kind := range keytest.Kinds {
		h := w.keyed(kind, true)
		want := chain.Account{Deployed: true, Owner: userop.Owner{Address: h.key.Owner.Address, Kind: kind}}
		if got := w.account(h.address); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		next := keytest.New(t, kind)
		op := w.keyOperation(h, next.Owner.TakeOver())
		w.signAsKey(&op, h)
		w.included(w.handle(op))
		want.Owner.Address, want.Epoch = next.Owner.Address, 1
		if got := w.account(h.address); got != want {
			t.Errorf("after a change of owner: %+v, want %+v", got, want)
		}
	}
}

// TestKeyOwnerValidationIsERC7562Clean runs the signature modes in which an
// owner on P-256 takes part.
func TestKeyOwnerValidationIsERC7562Clean(t *testing.T) {
	w := newWorld(t)
	for _, kind := range keytest.Kinds {
		for _, deployed := range []bool{true, false} {
			h := w.keyed(kind, deployed)
			name := kind.String() + " owner"
			if !deployed {
				name += ", first operation"
			}
			t.Run(name, func(t *testing.T) {
				w := w.in(t)
				op := w.keyOperation(h, w.mint(h.address))
				w.sponsored(&op)
				w.signAsKey(&op, h)
				w.clean(op)
			})
			for _, way := range []userop.WayIn{userop.FirstUse, userop.Stateless} {
				t.Run(name+map[userop.WayIn]string{userop.FirstUse: ", first use", userop.Stateless: ", stateless"}[way], func(t *testing.T) {
					w := w.in(t)
					op := w.keyOperation(h, w.mint(h.address))
					w.sponsored(&op)
					w.signGranted(&op, h, way)
					w.clean(op)
				})
			}
		}
	}
}

// signGranted has a new session key sign, under a grant of the owner.
func (w *world) signGranted(op *userop.Operation, h keyHome, way userop.WayIn) {
	w.Helper()
	s := session{key: key(w.T, "granted")}
	terms := permission.Permission{
		Signer: s.key.Address(), ValidUntil: permission.MaxTime,
		Functions:  []permission.Function{{Target: bindings.DevNFTAddress(), Selector: mintSelector}},
		Paymasters: []common.Address{w.sponsor.Address()},
	}
	packed, err := terms.Encode()
	w.must(err)
	id := permission.ID(w.client.ChainID(), h.address, 0, packed)
	digest := userop.GrantDigest(w.client.ChainID(), h.address, id)
	layout := userop.Session{Permission: packed, WayIn: way, Grant: userop.Grant{Form: userop.Raw, Signature: w.checked(h, digest)}}
	sig := w.signature(*op, s.key, userop.Raw)
	op.Signature = layout.Field(userop.Raw, sig[:])
}

// The dummy of an owner is as dear as what the owner signs, whether the chain
// has the precompile or not.
func TestEstimateOfAKeyOwnerIsEnoughOnChain(t *testing.T) {
	w := newWorld(t)
	for _, kind := range keytest.Kinds {
		for _, deployed := range []bool{true, false} {
			h := w.keyed(kind, deployed)
			op := w.keyOperation(h, w.mint(h.address))
			est := w.estimate(chain.EstimateRequest{Op: op, Signatures: [][]byte{h.key.Owner.Dummy(w.hash(op))}})
			w.frameSucceeded(kind.String()+": validation", est.Validations[0])
			op = applied(op, est)
			w.signAsKey(&op, h)
			w.included(w.handle(op))
		}
	}
}
