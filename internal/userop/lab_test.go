package userop_test

import (
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/evmtest"
	"github.com/latchkey-dev/latchkey/internal/paymaster"
	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/signer"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// lab is a chain with one account in each home, a session key on both, and a
// paymaster.
type lab struct {
	t         *testing.T
	evm       *evmtest.EVM
	key       *signer.Local // owns the accounts, holds the session, signs for the paymaster
	paymaster *paymaster.Paymaster
	accounts  map[userop.Home]common.Address
	sequences map[common.Address]uint64 // of the accounts' next operations
}

func newLab(t *testing.T) *lab {
	key, err := signer.Generate()
	if err != nil {
		t.Fatal(err)
	}
	l := &lab{t: t, evm: evmtest.New(t), key: key, accounts: map[userop.Home]common.Address{}, sequences: map[common.Address]uint64{}}
	address := bindings.PaymasterAddress(key.Address(), key.Address())
	l.evm.Deploy(common.Hash{}, bindings.PaymasterCreationCode(key.Address(), key.Address()), address)
	l.evm.DepositTo(address, evmtest.Deposit)
	l.paymaster = paymaster.New(evmtest.ChainID, address, key)

	l.accounts[userop.Proxy] = l.evm.CreateProxy(key.Address(), common.Hash{1})
	l.accounts[userop.Delegated] = key.Address()
	l.evm.Delegate(key.Address())
	return l
}

// session answers the packed permission of a session that is active on both
// accounts.
func (l *lab) session(p permission.Permission) []byte {
	p.Signer, p.ValidUntil = l.key.Address(), permission.MaxTime
	packed, err := p.Encode()
	if err != nil {
		l.t.Fatal(err)
	}
	for _, account := range l.accounts {
		l.evm.SetStatus(account, permission.ID(evmtest.ChainID, account, 0, packed), big.NewInt(int64(permission.Active)))
	}
	return packed
}

// sign completes and signs an operation. A nil grant means the owner signs.
func (l *lab) sign(op *userop.Operation, home userop.Home, grant []byte) {
	l.t.Helper()
	op.Nonce = userop.Nonce(1, l.sequences[op.Sender])
	longest := userop.DummyOwnerSignature()
	if grant != nil {
		longest = userop.Session{Permission: grant}.Dummy(common.Hash{})
	}
	op.PreVerificationGas = userop.PreVerificationGas(op, longest)
	if op.Paymaster != (common.Address{}) {
		if err := l.paymaster.Sponsor(l.t.Context(), op, 0, l.evm.Time); err != nil {
			l.t.Fatal(err)
		}
	}
	hash, err := op.Hash(evmtest.ChainID, userop.EntryPoint)
	if err != nil {
		l.t.Fatal(err)
	}
	sig, err := l.key.SignPersonal(l.t.Context(), hash)
	if err != nil {
		l.t.Fatal(err)
	}
	op.Signature = userop.Owner{}.Field(userop.PersonalSign, home, sig[:])
	if grant != nil {
		op.Signature = userop.Session{Permission: grant}.Field(userop.PersonalSign, sig[:])
	}
}

var nobody = common.HexToAddress("0x7a67e7") // has no code

// operation is complete but for nonce, preVerificationGas and signature. Its
// call gas is so low that EntryPoint takes no penalty for unused gas.
func (l *lab) operation(home userop.Home, data []byte, sponsored bool) userop.Operation {
	l.t.Helper()
	callData, err := userop.ExecuteCall(nobody, nil, data)
	if err != nil {
		l.t.Fatal(err)
	}
	op := userop.Operation{
		Sender: l.accounts[home], CallData: callData,
		CallGasLimit: big.NewInt(40_000), VerificationGasLimit: big.NewInt(500_000),
		MaxFeePerGas: big.NewInt(evmtest.BaseFee), MaxPriorityFeePerGas: big.NewInt(evmtest.BaseFee),
	}
	if sponsored {
		l.paymaster.Stub(&op)
	}
	return op
}

// surplus is the gas that the bundler is paid for and did not use.
func (l *lab) surplus(op *userop.Operation) int64 {
	l.t.Helper()
	handled := l.handle(op)
	if handled.Refused != "" {
		l.t.Fatalf("EntryPoint refused: %s", handled.Refused)
	}
	return handled.Event.ActualGasUsed.Int64() - int64(handled.Gas)
}

// handle sends a bundle of the operation.
func (l *lab) handle(op *userop.Operation) evmtest.Handled {
	l.t.Helper()
	handled := l.evm.HandleOp(op)
	if handled.Refused == "" {
		l.sequences[op.Sender]++
	}
	return handled
}
