package chain_test

import (
	"bytes"
	"fmt"
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// traceFrame is a call as the node's erc7562Tracer tells it.
type traceFrame struct {
	Type   string
	From   common.Address
	To     *common.Address
	Input  hexutil.Bytes
	Value  *hexutil.Big
	Error  string
	Calls  []traceFrame
	Keccak []hexutil.Bytes // preimages, in the root frame only

	AccessedSlots struct {
		Reads           map[common.Hash][]common.Hash
		Writes          map[common.Hash]uint64
		TransientReads  map[common.Hash]uint64
		TransientWrites map[common.Hash]uint64
	}
	ContractSize map[common.Address]struct{ ContractSize int }
	UsedOpcodes  map[hexutil.Uint64]uint64
	OutOfGas     bool
}

// storageOf is the contract whose storage the frame's code works on.
func (f *traceFrame) storageOf() common.Address {
	if f.Type == "DELEGATECALL" || f.Type == "CALLCODE" {
		return f.From
	}
	if f.To == nil {
		return common.Address{}
	}
	return *f.To
}

func (f *traceFrame) slots() []common.Hash {
	var slots []common.Hash
	for slot := range f.AccessedSlots.Reads {
		slots = append(slots, slot)
	}
	for _, accessed := range []map[common.Hash]uint64{f.AccessedSlots.Writes, f.AccessedSlots.TransientReads, f.AccessedSlots.TransientWrites} {
		for slot := range accessed {
			slots = append(slots, slot)
		}
	}
	return slots
}

// erc7562 judges the validation of one operation, by the rules of that name
// that a bundler applies to a trace.
type erc7562 struct {
	op       userop.Operation
	staked   []common.Address
	preimage []hexutil.Bytes

	violations []string
}

// judge returns what in the trace of a handleOps with that one operation a
// bundler would not accept. Every entity that ran is named in ran.
func judge(root traceFrame, op userop.Operation, staked ...common.Address) (violations, ran []string) {
	rules := &erc7562{op: op, staked: staked, preimage: root.Keccak}
	for _, call := range root.Calls {
		entity := rules.entity(call)
		if entity == "" {
			continue
		}
		ran = append(ran, entity)
		rules.frame(entity, call)
	}
	return rules.violations, ran
}

var (
	validateAccount   = crypto.Keccak256([]byte("validateUserOp((address,uint256,bytes,bytes,bytes32,uint256,bytes32,bytes,bytes),bytes32,uint256)"))[:4]
	validatePaymaster = crypto.Keccak256([]byte("validatePaymasterUserOp((address,uint256,bytes,bytes,bytes32,uint256,bytes32,bytes,bytes),bytes32,uint256)"))[:4]
	createSender      = crypto.Keccak256([]byte("createSender(bytes)"))[:4]
	depositTo         = bindings.NewEntryPoint().PackDepositTo(common.Address{})[:4]
)

// entity names who a call of the EntryPoint validates; "" for other calls.
func (r *erc7562) entity(call traceFrame) string {
	switch {
	case bytes.HasPrefix(call.Input, createSender):
		return "factory"
	case *call.To == r.op.Sender && bytes.HasPrefix(call.Input, validateAccount):
		return "account"
	case *call.To == r.op.Paymaster && bytes.HasPrefix(call.Input, validatePaymaster):
		return "paymaster"
	}
	return ""
}

func (r *erc7562) violate(entity, rule, format string, args ...any) {
	r.violations = append(r.violations, fmt.Sprintf("%s: %s %s", entity, rule, fmt.Sprintf(format, args...)))
}

func (r *erc7562) frame(entity string, f traceFrame) {
	r.opcodes(entity, f)
	r.storage(entity, f)
	r.targets(entity, f)
	for _, call := range f.Calls {
		if call.To != nil && *call.To == userop.EntryPoint {
			r.entryPointCall(entity, call)
			continue // what the EntryPoint does inside is not the entity's
		}
		if call.Value != nil && call.Value.ToInt().Sign() != 0 {
			r.violate(entity, "OP-061", "sends %s wei to %s", call.Value.ToInt(), call.To)
		}
		r.frame(entity, call)
	}
}

// banned opcodes are OP-011, and OP-080 for those who have no stake.
var banned = []vm.OpCode{
	vm.ORIGIN, vm.GASPRICE, vm.BLOCKHASH, vm.COINBASE, vm.TIMESTAMP, vm.NUMBER, vm.DIFFICULTY, vm.GASLIMIT,
	vm.BASEFEE, vm.BLOBHASH, vm.BLOBBASEFEE, vm.CREATE, vm.INVALID, vm.SELFDESTRUCT, vm.SELFBALANCE, vm.BALANCE,
}

func (r *erc7562) opcodes(entity string, f traceFrame) {
	for code, times := range f.UsedOpcodes {
		opcode := vm.OpCode(code)
		switch {
		case slices.Contains(banned, opcode):
			r.violate(entity, "OP-011", "uses %s", opcode)
		case opcode == vm.GAS: // the tracer leaves out those before a call
			r.violate(entity, "OP-012", "looks at GAS")
		case opcode == vm.CREATE2 && (entity != "factory" || times > 1):
			r.violate(entity, "OP-031", "creates %d contracts", times)
		case !isDefined(opcode):
			r.violate(entity, "OP-013", "uses the unassigned opcode 0x%x", byte(opcode))
		}
	}
	if f.OutOfGas {
		r.violate(entity, "OP-020", "runs out of gas")
	}
}

func isDefined(opcode vm.OpCode) bool {
	return opcode.String() != fmt.Sprintf("opcode %#x not defined", int(opcode))
}

func (r *erc7562) storage(entity string, f traceFrame) {
	owner := f.storageOf()
	if owner == r.op.Sender || slices.Contains(r.staked, owner) && owner == r.addressOf(entity) {
		return // STO-010, STO-031
	}
	for _, slot := range f.slots() {
		if r.op.Factory == (common.Address{}) && r.isAssociated(slot) {
			continue // STO-021
		}
		r.violate(entity, "STO", "reaches slot %s of %s", slot, owner)
	}
}

func (r *erc7562) addressOf(entity string) common.Address {
	switch entity {
	case "factory":
		return r.op.Factory
	case "paymaster":
		return r.op.Paymaster
	}
	return r.op.Sender
}

// isAssociated tells whether a slot belongs to the account: its address, or at
// most 128 after keccak256(address | anything).
func (r *erc7562) isAssociated(slot common.Hash) bool {
	padded := common.LeftPadBytes(r.op.Sender[:], 32)
	if bytes.Equal(slot[:], padded) {
		return true
	}
	for _, preimage := range r.preimage {
		if !bytes.HasPrefix(preimage, padded) {
			continue
		}
		distance := new(big.Int).Sub(slot.Big(), new(big.Int).SetBytes(crypto.Keccak256(preimage)))
		if distance.Sign() >= 0 && distance.Cmp(big.NewInt(128)) <= 0 {
			return true
		}
	}
	return false
}

// targets judges the addresses whose code the frame called or looked at.
func (r *erc7562) targets(entity string, f traceFrame) {
	for address, accessed := range f.ContractSize {
		switch {
		case address == userop.EntryPoint || isPrecompile(address): // OP-05x, OP-062
		case address == r.op.Sender && entity == "factory": // OP-042
		case accessed.ContractSize == 0:
			r.violate(entity, "OP-041", "reaches %s, which has no code", address)
		}
	}
}

func isPrecompile(address common.Address) bool {
	number := new(big.Int).SetBytes(address[:])
	return number.Sign() > 0 && number.Cmp(big.NewInt(9)) <= 0 || number.Cmp(big.NewInt(0x100)) == 0
}

// entryPointCall judges OP-052 and OP-053: money may go in, nothing else.
func (r *erc7562) entryPointCall(entity string, call traceFrame) {
	paysIn := call.Type == "CALL" && (len(call.Input) == 0 || bytes.HasPrefix(call.Input, depositTo))
	if !paysIn || entity == "paymaster" {
		r.violate(entity, "OP-054", "calls the EntryPoint with %s", call.Input)
	}
}
