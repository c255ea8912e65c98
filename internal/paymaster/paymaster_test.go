package paymaster_test

import (
	"bytes"
	"context"
	"errors"
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/google/go-cmp/cmp"

	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/evmtest"
	"github.com/latchkey-dev/latchkey/internal/paymaster"
	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/signer"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// lab is a chain with a deployed paymaster, its two signers, and an account
// that has no money of its own.
type lab struct {
	t             *testing.T
	evm           *evmtest.EVM
	address       common.Address // of the paymaster contract
	first, second *signer.Local
	account       common.Address
	owner         *signer.Local
	lane          uint64
}

func newLab(t *testing.T) *lab {
	l := &lab{t: t, evm: evmtest.New(t), first: newKey(t), second: newKey(t), owner: newKey(t)}
	admin := evmtest.Bundler
	l.address = bindings.PaymasterAddress(admin, l.first.Address())
	l.evm.Deploy(common.Hash{}, bindings.PaymasterCreationCode(admin, l.first.Address()), l.address)
	l.evm.DepositTo(l.address, evmtest.Deposit)
	setSigner := bindings.NewLatchkeyPaymaster().PackSetSigner(big.NewInt(1), l.second.Address())
	if res := l.evm.Send(l.address, nil, setSigner); res.Err != nil {
		t.Fatalf("set second signer: %v", res.Err)
	}
	l.account = l.evm.CreateProxy(l.owner.Address(), common.Hash{})
	return l
}

func newKey(t *testing.T) *signer.Local {
	t.Helper()
	key, err := signer.Generate()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (l *lab) operation(dataLength int) userop.Operation {
	l.t.Helper()
	callData, err := userop.ExecuteCall(common.Address{0x77}, nil, bytes.Repeat([]byte{1}, dataLength))
	if err != nil {
		l.t.Fatal(err)
	}
	l.lane++
	return userop.Operation{
		Sender: l.account, Nonce: userop.Nonce(l.lane, 0), CallData: callData,
		CallGasLimit: big.NewInt(1_000_000), VerificationGasLimit: big.NewInt(500_000), PreVerificationGas: big.NewInt(50_000),
		MaxFeePerGas: big.NewInt(evmtest.BaseFee), MaxPriorityFeePerGas: big.NewInt(evmtest.BaseFee),
	}
}

// handle signs for the owner and answers what EntryPoint says: "" when the
// operation was included.
func (l *lab) handle(op *userop.Operation) string {
	l.t.Helper()
	hash, err := op.Hash(evmtest.ChainID, userop.EntryPoint)
	if err != nil {
		l.t.Fatal(err)
	}
	sig, err := l.owner.SignPersonal(l.t.Context(), hash)
	if err != nil {
		l.t.Fatal(err)
	}
	op.Signature = userop.Owner{}.Field(userop.PersonalSign, userop.Proxy, sig[:])
	handled := l.evm.HandleOp(op)
	if handled.Refused == "" && handled.Event.Paymaster != l.address {
		l.t.Errorf("%s has paid", handled.Event.Paymaster)
	}
	return handled.Refused
}

func TestSponsoredOperationIsIncluded(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	for _, key := range []*signer.Local{l.first, l.second} {
		op := l.operation(36)
		if err := paymaster.New(evmtest.ChainID, l.address, key).Sponsor(t.Context(), &op, l.evm.Time-1, l.evm.Time); err != nil {
			t.Fatal(err)
		}
		if refused := l.handle(&op); refused != "" {
			t.Errorf("signed by %s: refused: %q", key, refused)
		}
	}
}

func TestEntryPointRefusesWhatWasNotSponsored(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	now := l.evm.Time
	good := paymaster.New(evmtest.ChainID, l.address, l.first)
	sponsorBy := func(p *paymaster.Paymaster, after, until uint64) func(*userop.Operation) error {
		return func(op *userop.Operation) error { return p.Sponsor(t.Context(), op, after, until) }
	}
	change := func(how func(*userop.Operation)) func(*userop.Operation) error {
		return func(op *userop.Operation) error {
			err := good.Sponsor(t.Context(), op, 0, now)
			how(op)
			return err
		}
	}
	more := func(v *big.Int) *big.Int { return new(big.Int).Add(v, big.NewInt(1)) }
	for _, c := range []struct {
		name    string
		sponsor func(*userop.Operation) error
		want    string
	}{
		{"too early", sponsorBy(good, now, now+10), "AA32"},
		{"too late", sponsorBy(good, 0, now-1), "AA32"},
		{"stranger", sponsorBy(paymaster.New(evmtest.ChainID, l.address, newKey(t)), 0, now), "AA34"},
		{"other chain", sponsorBy(paymaster.New(1, l.address, l.first), 0, now), "AA34"},
		{"stub", func(op *userop.Operation) error { good.Stub(op); return nil }, "AA34"},
		{"other nonce", change(func(op *userop.Operation) { op.Nonce = userop.Nonce(99, 0) }), "AA34"},
		{"other call", change(func(op *userop.Operation) { op.CallData[50] = 1 }), "AA34"},
		{"other fee", change(func(op *userop.Operation) { op.MaxFeePerGas = more(op.MaxFeePerGas) }), "AA34"},
		{"other call gas", change(func(op *userop.Operation) { op.CallGasLimit = more(op.CallGasLimit) }), "AA34"},
		{"other pre-verification gas", change(func(op *userop.Operation) { op.PreVerificationGas = more(op.PreVerificationGas) }), "AA34"},
		{"other paymaster gas", change(func(op *userop.Operation) {
			op.PaymasterVerificationGasLimit = more(op.PaymasterVerificationGasLimit)
		}), "AA34"},
		{"other window", change(func(op *userop.Operation) { op.PaymasterData[11]++ }), "AA34"},
		{"longer data", change(func(op *userop.Operation) { op.PaymasterData = append(op.PaymasterData, 0) }), "AA34"},
	} {
		op := l.operation(36)
		if err := c.sponsor(&op); err != nil {
			t.Fatal(err)
		}
		if refused := l.handle(&op); !strings.Contains(refused, c.want) {
			t.Errorf("%s: got %q, want %s", c.name, refused, c.want)
		}
	}
}

// The limits suffice for the dearer of the two signers, and are not so far
// above the need that a session's fee budget pays for air.
func TestVerificationGasLimit(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	p := paymaster.New(evmtest.ChainID, l.address, l.second)
	for _, size := range []int{0, 100, 1_000, 10_000, 30_000, 60_000, 127_000} {
		op := l.operation(size)
		if err := p.Sponsor(t.Context(), &op, 0, l.evm.Time); err != nil {
			t.Fatal(err)
		}
		if refused := l.handle(&op); refused != "" {
			t.Errorf("%d bytes with a limit of %s: %q", size, op.PaymasterVerificationGasLimit, refused)
		}
		limit := op.PaymasterVerificationGasLimit
		op = l.operation(size)
		p.Stub(&op)
		op.PaymasterVerificationGasLimit = new(big.Int).Div(new(big.Int).Mul(limit, big.NewInt(6)), big.NewInt(10))
		if err := paymaster.Approve(p, t.Context(), &op, 0, l.evm.Time); err != nil {
			t.Fatal(err)
		}
		if refused := l.handle(&op); !strings.Contains(refused, "AA33") && !strings.Contains(refused, "AA36") {
			t.Errorf("%d bytes: six tenths of %s suffice: %q", size, limit, refused)
		}
	}
}

func TestVerificationGasLimitForTheLongestSignature(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	grant := permission.Permission{Signer: l.owner.Address(), ValidUntil: permission.MaxTime, Paymasters: []common.Address{l.address}}
	for i := range permission.MaxEntries {
		entry := common.BytesToAddress(bytes.Repeat([]byte{byte(i + 1)}, 20))
		grant.Contracts = append(grant.Contracts, entry)
		entry[0]++
		grant.Functions = append(grant.Functions, permission.Function{Target: entry})
		if i > 0 {
			grant.Paymasters = append(grant.Paymasters, entry)
		}
	}
	packed, err := grant.Encode()
	if err != nil {
		t.Fatal(err)
	}
	id := permission.ID(evmtest.ChainID, l.account, 0, packed)
	l.evm.SetStatus(l.account, id, big.NewInt(int64(permission.Active)))

	op := l.operation(36)
	if op.CallData, err = userop.ExecuteCall(grant.Contracts[0], nil, nil); err != nil {
		t.Fatal(err)
	}
	if err := paymaster.New(evmtest.ChainID, l.address, l.second).Sponsor(t.Context(), &op, 0, l.evm.Time); err != nil {
		t.Fatal(err)
	}
	hash, err := op.Hash(evmtest.ChainID, userop.EntryPoint)
	if err != nil {
		t.Fatal(err)
	}
	sig, err := l.owner.SignHash(t.Context(), hash)
	if err != nil {
		t.Fatal(err)
	}
	op.Signature = userop.Session{Permission: packed}.Field(userop.Raw, sig[:])
	if handled := l.evm.HandleOp(&op); handled.Refused != "" {
		t.Errorf("signature of %d bytes: refused: %s", len(op.Signature), handled.Refused)
	}
}

func TestStubCostsWhatSponsorCosts(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	p := paymaster.New(evmtest.ChainID, l.address, l.first)
	stub, real := l.operation(500), l.operation(500)
	p.Stub(&stub)
	if err := p.Sponsor(t.Context(), &real, 1, 2); err != nil {
		t.Fatal(err)
	}
	if stub.RequiredPrefund().Cmp(real.RequiredPrefund()) != 0 || stub.Paymaster != real.Paymaster {
		t.Errorf("stub locks %s wei at %s, sponsorship %s at %s", stub.RequiredPrefund(), stub.Paymaster, real.RequiredPrefund(), real.Paymaster)
	}
	if len(stub.PaymasterData) != len(real.PaymasterData) || bytes.IndexByte(stub.PaymasterData, 0) >= 0 {
		t.Errorf("stub data %x is cheaper than %x", stub.PaymasterData, real.PaymasterData)
	}
}

type brokenSigner struct{}

func (brokenSigner) SignHash(context.Context, common.Hash) ([65]byte, error) {
	return [65]byte{}, errors.New("key service is away")
}

func TestSponsorRefusals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name         string
		signer       paymaster.Signer
		after, until uint64
		nonce        *big.Int
		want         string
	}{
		{"empty window", newKey(t), 5, 5, nil, "validUntil must be above validAfter (5) and below 2^47, is 5"},
		{"range of blocks", newKey(t), 0, 1 << 47, nil, "below 2^47, is 140737488355328"},
		{"no packed form", newKey(t), 0, 5, big.NewInt(-1), "nonce must be from 0"},
		{"signer", brokenSigner{}, 0, 5, nil, "key service is away"},
	} {
		op := userop.Operation{Sender: common.Address{1}, Nonce: c.nonce}
		before := op
		err := paymaster.New(1, common.Address{2}, c.signer).Sponsor(t.Context(), &op, c.after, c.until)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), op.Sender.Hex()) {
			t.Errorf("%s: got error %v, want %q", c.name, err, c.want)
		}
		if diff := cmp.Diff(before.PaymasterData, op.PaymasterData); diff != "" || op.Paymaster != before.Paymaster {
			t.Errorf("%s: the operation was changed: %s", c.name, diff)
		}
	}
}
