package permission

import (
	"bytes"
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"pgregory.net/rapid"

	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/evmtest"
	"github.com/latchkey-dev/latchkey/internal/signer"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// rounds of rapid's 100 checks make a few thousand cases.
const rounds = 40

// chain is the real account contract in both homes.
type chain struct {
	evm      *evmtest.EVM
	contract *bindings.LatchkeyAccount
	key      *signer.Local // of the session
	accounts []common.Address
}

func newChain(t *testing.T) *chain {
	key, err := signer.Generate()
	if err != nil {
		t.Fatal(err)
	}
	evm := evmtest.New(t)
	delegated := common.HexToAddress("0xde1e")
	evm.Delegate(delegated)
	proxy := evm.CreateProxy(common.HexToAddress("0x0111"), common.Hash{})
	return &chain{evm, bindings.NewLatchkeyAccount(), key, []common.Address{proxy, delegated}}
}

// The ends of the window are EntryPoint's to judge, so it is asked itself.
func TestWindowEqualsEntryPoint(t *testing.T) {
	t.Parallel()
	c := newChain(t)
	p := Permission{Signer: c.key.Address(), ValidAfter: 1000, ValidUntil: 2000, FeeLimit: MaxFeeLimit, Sudo: true}
	packed := mustEncode(t, p)
	callData, err := userop.ExecuteCall(common.Address{1}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, account := range c.accounts {
		c.evm.SetStatus(account, ID(evmtest.ChainID, account, 0, packed), big.NewInt(int64(Active)))
		for i, now := range []uint64{999, 1000, 1001, 1999, 2000, 2001} {
			op := userop.Operation{
				Sender: account, Nonce: userop.Nonce(uint64(i), 0), CallData: callData,
				VerificationGasLimit: big.NewInt(500_000), CallGasLimit: big.NewInt(100_000), MaxFeePerGas: big.NewInt(1),
			}
			hash, err := op.Hash(evmtest.ChainID, userop.EntryPoint)
			if err != nil {
				t.Fatal(err)
			}
			sig, err := c.key.SignHash(t.Context(), hash)
			if err != nil {
				t.Fatal(err)
			}
			op.Signature = userop.Session{Permission: packed}.Field(userop.Raw, sig[:])
			c.evm.Time = now
			handled := c.evm.HandleOp(&op)
			refusal := Evaluate(p, State{Status: Status{State: Active}}, Operation{Account: account, CallData: callData, WorstCaseFee: op.RequiredPrefund(), Time: now})
			if (handled.Refused != "") != (refusal != nil) || refusal != nil && !strings.HasPrefix(handled.Refused, "AA22") {
				t.Errorf("time %d: EntryPoint says %q, Go says %v", now, handled.Refused, refusal)
			}
		}
	}
}

// What Decode takes, and nothing else, the account registers, under the id
// that ID computes.
func TestDecodeEqualsRegistration(t *testing.T) {
	t.Parallel()
	c := newChain(t)
	registered, refused := 0, 0
	for range rounds {
		rapid.Check(t, func(t *rapid.T) {
			packed := drawNear(t, mustEncode(t, drawPermission(t).Normalize()))
			if c.compareRegistration(t, packed) {
				registered++
			} else {
				refused++
			}
		})
	}
	t.Logf("%d registered, %d refused", registered, refused)
	if registered == 0 || refused == 0 {
		t.Error("one of the outcomes was never seen")
	}
}

func (c *chain) compareRegistration(t *rapid.T, packed []byte) (registered bool) {
	account := rapid.SampledFrom(c.accounts).Draw(t, "account")
	id := ID(evmtest.ChainID, account, 0, packed)
	c.evm.SetStatus(account, id, new(big.Int))

	_, _, reverted := c.evm.Call(account, account, c.contract.PackRegisterSession(packed))
	_, err := Decode(packed)
	if (err == nil) != (reverted == nil) {
		t.Fatalf("%x: Decode says %v, the contract says %v", packed, err, reverted)
	}
	state := ParseStatus(c.evm.Status(account, id)).State
	if err == nil && state != Active || err != nil && state != None {
		t.Fatalf("%x: Decode says %v, session is %s", packed, err, state)
	}
	return err == nil
}

// drawNear draws bytes that are, or nearly are, the packed permission.
func drawNear(t *rapid.T, packed []byte) []byte {
	out := bytes.Clone(packed)
	for range rapid.IntRange(0, 2).Draw(t, "changes") {
		at := rapid.IntRange(0, len(out)-1).Draw(t, "changed at")
		out[at] = rapid.SampledFrom([]byte{0, 1, 2, out[at] + 1, out[at] - 1, 255}).Draw(t, "changed to")
	}
	if rapid.IntRange(0, 9).Draw(t, "length") == 0 {
		return append(out, 0)
	}
	return out
}
