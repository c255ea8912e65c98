package evmtest

import (
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// accountStorage is where LatchkeyAccount keeps its data (ERC-7201): owner and
// epoch in the first slot, the sessions' mapping in the second.
var accountStorage = common.HexToHash("0x52c63247e1f47db19d5ce0460030c497f067ca4cebf71ba98eeadabe20bace00")

// Deposit is what each account has at the EntryPoint, in wei.
var Deposit = big.NewInt(1e18)

// CreateProxy deploys the account of an owner by the factory.
func (e *EVM) CreateProxy(owner common.Address, salt common.Hash) common.Address {
	e.t.Helper()
	factory := bindings.FactoryAddress()
	account := bindings.AccountAddress(factory, bindings.AccountImplementation(), owner, salt)
	if res := e.Send(factory, nil, userop.CreateAccount(owner, salt)); res.Err != nil {
		e.t.Fatalf("create account of %s: %v %x", owner, res.Err, res.Return)
	}
	e.DepositTo(account, Deposit)
	return account
}

// Delegate makes an EOA delegate to the account implementation.
func (e *EVM) Delegate(eoa common.Address) {
	e.SetCode(eoa, bindings.DelegationCode(bindings.AccountImplementation()))
	e.DepositTo(eoa, Deposit)
}

// DepositTo gives a payer a deposit at the EntryPoint.
func (e *EVM) DepositTo(payer common.Address, wei *big.Int) {
	e.t.Helper()
	if res := e.Send(userop.EntryPoint, wei, bindings.NewEntryPoint().PackDepositTo(payer)); res.Err != nil {
		e.t.Fatalf("deposit for %s: %v", payer, res.Err)
	}
}

// SetStatus puts a session's status word.
func (e *EVM) SetStatus(account common.Address, session common.Hash, word *big.Int) {
	sessions := new(big.Int).Add(accountStorage.Big(), big.NewInt(1))
	slot := crypto.Keccak256Hash(session[:], common.BigToHash(sessions).Bytes())
	e.SetStorage(account, slot, common.BigToHash(word))
}

// Status reads a session's status word by asking the account.
func (e *EVM) Status(account common.Address, session common.Hash) *big.Int {
	e.t.Helper()
	answer, _, err := e.Call(Bundler, account, bindings.NewLatchkeyAccount().PackSessionStatus(session))
	if err != nil {
		e.t.Fatalf("status of session %s: %v", session, err)
	}
	return new(big.Int).SetBytes(answer)
}

// HandleOp sends a bundle of one operation. The event is nil when EntryPoint
// refused it.
func (e *EVM) HandleOp(op *userop.Operation) (Result, *bindings.EntryPointUserOperationEvent) {
	e.t.Helper()
	packed, err := op.Pack()
	if err != nil {
		e.t.Fatal(err)
	}
	entryPoint := bindings.NewEntryPoint()
	ops := []bindings.PackedUserOperation{bindings.PackedUserOperation(packed)}
	res := e.Send(userop.EntryPoint, nil, entryPoint.PackHandleOps(ops, Bundler))
	for _, log := range res.Logs {
		if event, err := entryPoint.UnpackUserOperationEventEvent(log); err == nil {
			return res, event
		}
	}
	return res, nil
}
