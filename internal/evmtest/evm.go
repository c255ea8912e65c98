package evmtest

import (
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/params"
	"github.com/holiman/uint256"

	"github.com/latchkey-dev/latchkey/internal/bindings"
)

const (
	// ChainID is the chain's id.
	ChainID = 31337
	// BaseFee is each block's base fee in wei.
	BaseFee = 1_000_000_000

	gasLimit = 16_000_000 // of each transaction, below the cap of EIP-7825
)

// Bundler sends every transaction. It is rich.
var Bundler = common.HexToAddress("0xB0b0000000000000000000000000000000000001")

// T is what an EVM reports broken set-ups to, and does not survive: a
// testing.TB, or a stand-in for one in a program.
type T interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// EVM is a chain state and a clock. It is not safe for concurrent use.
type EVM struct {
	Time uint64 // of the next transaction

	t      T
	state  *state.StateDB
	config *params.ChainConfig
	sent   uint64
}

// Result is what a transaction did.
type Result struct {
	Return []byte
	Err    error // not nil when the transaction failed; Return then holds its revert data
	Gas    uint64
	Logs   []*types.Log
}

// New returns an EVM with EntryPoint, account implementation and factory at
// their addresses.
func New(t T) *EVM {
	t.Helper()
	db, err := state.New(types.EmptyRootHash, state.NewDatabaseForTesting())
	if err != nil {
		t.Fatal(err)
	}
	config := *params.AllDevChainProtocolChanges
	config.ChainID = big.NewInt(ChainID)
	config.BogotaTime = nil // not scheduled on any public chain
	e := &EVM{state: db, Time: 1_800_000_000, t: t, config: &config}

	deployer := bindings.DeterministicDeployer
	e.SetCode(deployer, core.DeveloperGenesisBlock(gasLimit, nil).Alloc[deployer].Code)
	e.Fund(Bundler, new(big.Int).Mul(big.NewInt(1_000_000), big.NewInt(params.Ether)))
	e.Deploy(bindings.EntryPointSalt, bindings.EntryPointCreationCode(), bindings.EntryPointAddress)
	e.Deploy(common.Hash{}, bindings.AccountCreationCode(), bindings.AccountImplementation())
	e.Deploy(common.Hash{}, bindings.FactoryCreationCode(), bindings.FactoryAddress())
	return e
}

// Deploy deploys by CREATE2 and fails the test unless the code is at address.
func (e *EVM) Deploy(salt common.Hash, creationCode []byte, address common.Address) {
	e.t.Helper()
	res := e.Send(bindings.DeterministicDeployer, nil, append(salt.Bytes(), creationCode...))
	if res.Err != nil || e.state.GetCodeSize(address) == 0 {
		e.t.Fatalf("deploy %s: %v", address, res.Err)
	}
}

// SetCode puts code at an address.
func (e *EVM) SetCode(address common.Address, code []byte) {
	e.state.SetCode(address, code, tracing.CodeChangeUnspecified)
	e.settle()
}

// SetStorage puts a word into a contract's storage.
func (e *EVM) SetStorage(address common.Address, slot, word common.Hash) {
	e.state.SetState(address, slot, word)
	e.settle()
}

// Fund adds wei to an address.
func (e *EVM) Fund(address common.Address, wei *big.Int) {
	e.state.AddBalance(address, uint256.MustFromBig(wei), tracing.BalanceChangeUnspecified)
	e.settle()
}

// Balance is what an address holds, in wei.
func (e *EVM) Balance(address common.Address) *big.Int { return e.state.GetBalance(address).ToBig() }

// Send runs a transaction from Bundler. A nil value is zero wei.
func (e *EVM) Send(to common.Address, value *big.Int, data []byte) Result {
	e.t.Helper()
	if value == nil {
		value = new(big.Int)
	}
	e.sent++
	e.state.SetTxContext(common.BigToHash(new(big.Int).SetUint64(e.sent)), int(e.sent), 0)
	logsBefore := len(e.state.Logs())
	price := uint256.NewInt(BaseFee)
	res, err := core.ApplyMessage(e.evm(), &core.Message{
		From: Bundler, To: &to, Nonce: e.state.GetNonce(Bundler), Value: uint256.MustFromBig(value),
		GasLimit: gasLimit, GasPrice: price, GasFeeCap: price, GasTipCap: new(uint256.Int), Data: data,
	}, nil)
	if err != nil {
		e.t.Fatalf("send to %s: %v", to, err)
	}
	e.settle()
	return Result{res.ReturnData, res.Err, res.UsedGas, e.state.Logs()[logsBefore:]}
}

// Call makes one call from any address and keeps what it did. The answer is
// revert data when err is not nil. gas is what the call itself used.
func (e *EVM) Call(from, to common.Address, data []byte) (answer []byte, gas uint64, err error) {
	evm := e.evm()
	rules := evm.GetRules()
	e.state.Prepare(rules, from, common.Address{}, &to, vm.ActivePrecompiles(rules), nil)
	budget := vm.NewGasBudget(gasLimit, 0)
	answer, left, err := evm.Call(from, to, data, budget, new(uint256.Int))
	e.settle()
	return answer, left.Used(budget), err
}

// Slot is a place in a contract's storage, and what is there.
type Slot struct{ Key, Word common.Hash }

// Try makes one call on a contract whose storage holds the given words, tells
// what the words became, and takes everything back.
func (e *EVM) Try(from, to common.Address, data []byte, slots []Slot) (answer []byte, after []Slot, err error) {
	before := e.state.Snapshot()
	defer e.state.RevertToSnapshot(before)
	for _, slot := range slots {
		e.state.SetState(to, slot.Key, slot.Word)
	}
	evm := e.evm()
	rules := evm.GetRules()
	e.state.Prepare(rules, from, common.Address{}, &to, vm.ActivePrecompiles(rules), nil)
	answer, _, err = evm.Call(from, to, data, vm.NewGasBudget(gasLimit, 0), new(uint256.Int))
	for _, slot := range slots {
		after = append(after, Slot{slot.Key, e.state.GetState(to, slot.Key)})
	}
	return answer, after, err
}

// settle ends a transaction, as far as the state is concerned.
func (e *EVM) settle() { e.state.Finalise(e.evm().GetRules()) }

func (e *EVM) evm() *vm.EVM {
	return vm.NewEVM(vm.BlockContext{
		CanTransfer: core.CanTransfer,
		Transfer:    core.Transfer,
		GetHash:     func(uint64) common.Hash { return common.Hash{} },
		GasLimit:    30_000_000,
		BlockNumber: big.NewInt(1_000_000),
		Time:        e.Time,
		Difficulty:  new(big.Int),
		BaseFee:     big.NewInt(BaseFee),
		BlobBaseFee: big.NewInt(1),
		Random:      new(common.Hash),
	}, e.state, e.config, vm.Config{})
}
