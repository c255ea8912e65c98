package evmtest

import (
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// accountStorage is where LatchkeyAccount keeps its data: owner and epoch in
// the first slot, the sessions' mapping in the second, the counters' in the
// third.
var accountStorage = erc7201("latchkey.storage.Account")

// erc7201 is keccak256(keccak256(namespace) - 1) with the last byte cleared.
func erc7201(namespace string) *big.Int {
	base := new(big.Int).SetBytes(crypto.Keccak256([]byte(namespace)))
	slot := crypto.Keccak256Hash(common.BigToHash(base.Sub(base, big.NewInt(1))).Bytes())
	slot[31] = 0
	return slot.Big()
}

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

// CreateFor deploys the account of an owner on P-256 by the factory.
func (e *EVM) CreateFor(owner userop.Owner, salt common.Hash) common.Address {
	e.t.Helper()
	factory := bindings.FactoryAddress()
	account := bindings.KeyAccountAddress(factory, bindings.AccountImplementation(), byte(owner.Kind), owner.Key.X, owner.Key.Y, salt)
	if res := e.Send(factory, nil, owner.Create(salt)); res.Err != nil {
		e.t.Fatalf("create account of %s: %v %x", owner.Address, res.Err, res.Return)
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

// StatusSlot is where an account keeps a session's status word.
func StatusSlot(session common.Hash) common.Hash { return entryOf(session, 1) }

// CounterSlot is where an account keeps the counter with a key.
func CounterSlot(key common.Hash) common.Hash { return entryOf(key, 2) }

// entryOf is the slot of an entry in the mapping so many slots after the first.
func entryOf(key common.Hash, place int64) common.Hash {
	mapping := common.BigToHash(new(big.Int).Add(accountStorage, big.NewInt(place)))
	return crypto.Keccak256Hash(key[:], mapping[:])
}

// SetStatus puts a session's status word.
func (e *EVM) SetStatus(account common.Address, session common.Hash, word *big.Int) {
	e.SetStorage(account, StatusSlot(session), common.BigToHash(word))
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

// Handled is what became of a bundle of one operation.
type Handled struct {
	Gas     uint64                                 // of the whole transaction
	Event   *bindings.EntryPointUserOperationEvent // nil when EntryPoint refused
	Refused string                                 // EntryPoint's reason, "" when it took the operation
}

// HandleOp sends a bundle of one operation.
func (e *EVM) HandleOp(op *userop.Operation) Handled {
	e.t.Helper()
	packed, err := op.Pack()
	if err != nil {
		e.t.Fatal(err)
	}
	entryPoint := bindings.NewEntryPoint()
	ops := []bindings.PackedUserOperation{bindings.PackedUserOperation(packed)}
	res := e.Send(userop.EntryPoint, nil, entryPoint.PackHandleOps(ops, Bundler))
	if res.Err != nil {
		return Handled{Gas: res.Gas, Refused: e.reason(res)}
	}
	for _, log := range res.Logs {
		if event, err := entryPoint.UnpackUserOperationEventEvent(log); err == nil {
			return Handled{Gas: res.Gas, Event: event}
		}
	}
	e.t.Fatalf("bundle of %s succeeded without an event", op.Sender)
	return Handled{}
}

// reason reads FailedOp and FailedOpWithRevert; other failures, such as
// running out of gas, are errors of the test.
func (e *EVM) reason(res Result) string {
	e.t.Helper()
	failure, err := bindings.NewEntryPoint().UnpackError(res.Return)
	if err != nil {
		e.t.Fatalf("bundle failed: %v, %x", res.Err, res.Return)
	}
	switch failure := failure.(type) {
	case *bindings.EntryPointFailedOp:
		return failure.Reason
	case *bindings.EntryPointFailedOpWithRevert:
		return fmt.Sprintf("%s: %x", failure.Reason, failure.Inner)
	}
	return fmt.Sprintf("%T", failure)
}
