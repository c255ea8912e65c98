package words

import (
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// Places of arguments that are not in a word of their own.
const (
	nowhere  = -1 // there is none
	anywhere = -2 // the caller chooses where, so no rule can bound it
)

// move is a function that moves what the account holds, or lets others move
// it, by the places of the arguments that say who and how much.
type move struct{ spender, amount int }

// Functions are known by their selectors: a name is only what an ABI says.
var moves = bySelector(map[string]move{
	"approve(address,uint256)":                                                  {0, 1},
	"approve(address,uint256,uint256)":                                          {0, 2}, // ERC-6909
	"approve(address,address,uint160,uint48)":                                   {1, 2}, // Permit2
	"approveAndCall(address,uint256)":                                           {0, 1},
	"approveAndCall(address,uint256,bytes)":                                     {0, 1},
	"increaseAllowance(address,uint256)":                                        {0, 1},
	"increaseApproval(address,uint256)":                                         {0, 1},
	"permit(address,address,uint256,uint256,uint8,bytes32,bytes32)":             {1, 2},
	"permit(address,address,uint256,uint256,bytes)":                             {1, 2},
	"permit(address,address,uint256,uint256,bool,uint8,bytes32,bytes32)":        {1, anywhere},
	"permit(address,((address,uint160,uint48,uint48),address,uint256),bytes)":   {5, 2},
	"permit(address,((address,uint160,uint48,uint48)[],address,uint256),bytes)": {anywhere, anywhere},
	"setApprovalForAll(address,bool)":                                           {0, anywhere},
	"setOperator(address,bool)":                                                 {0, anywhere},
	"authorizeOperator(address)":                                                {0, anywhere},
	"transfer(address,uint256)":                                                 {nowhere, 1},
	"transfer(address,uint256,uint256)":                                         {nowhere, 2},
	"transfer(address,address,uint160,address)":                                 {nowhere, 2},
	"transferFrom(address,address,uint256)":                                     {nowhere, 2},
	"transferFrom(address,address,uint256,uint256)":                             {nowhere, 3},
	"transferFrom(address,address,uint160,address)":                             {nowhere, 2},
	"transferAndCall(address,uint256)":                                          {nowhere, 1},
	"transferAndCall(address,uint256,bytes)":                                    {nowhere, 1},
	"safeTransferFrom(address,address,uint256)":                                 {nowhere, 2},
	"safeTransferFrom(address,address,uint256,bytes)":                           {nowhere, 2},
	"safeTransferFrom(address,address,uint256,uint256,bytes)":                   {nowhere, 3},
	"safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)":          {nowhere, anywhere},
	"send(address,uint256,bytes)":                                               {nowhere, 1},
	"burn(uint256)":                                                             {nowhere, 0},
})

// carriers are functions whose arguments are calls, which no rule looks into.
var carriers = bySelector(map[string]bool{
	"multicall(bytes[])":                              true,
	"multicall(uint256,bytes[])":                      true,
	"multicall(bytes32,bytes[])":                      true,
	"multicall(address,bytes[])":                      true,
	"multicall(address[],bytes[])":                    true,
	"aggregate((address,bytes)[])":                    true,
	"aggregate3((address,bool,bytes)[])":              true,
	"aggregate3Value((address,bool,uint256,bytes)[])": true,
	"blockAndAggregate((address,bytes)[])":            true,
	"tryAggregate(bool,(address,bytes)[])":            true,
	"tryBlockAndAggregate(bool,(address,bytes)[])":    true,
	"execute(address,uint256,bytes)":                  true,
	"execute(address,uint256,bytes,uint8)":            true,
	"execute(bytes32,bytes)":                          true,
	"execute(bytes,bytes[])":                          true,
	"execute(bytes,bytes[],uint256)":                  true,
	"execute((address,uint256,bytes)[])":              true,
	"execute(address,bytes)":                          true,
	"executeBatch((address,uint256,bytes)[])":         true,
	"executeBatch(address[],bytes[])":                 true,
	"executeBatch(address[],uint256[],bytes[])":       true,
	"executeCall(address,uint256,bytes)":              true,
	"executeFromExecutor(bytes32,bytes)":              true,
	"execTransaction(address,uint256,bytes,uint8,uint256,uint256,uint256,address,address,bytes)": true,
	"execTransactionFromModule(address,uint256,bytes,uint8)":                                     true,
	"execTransactionFromModuleReturnData(address,uint256,bytes,uint8)":                           true,
	"multiSend(bytes)":                                        true,
	"batch(bytes[],bool)":                                     true,
	"call(address,bytes)":                                     true,
	"call(address,uint256,bytes)":                             true,
	"delegatecall(address,bytes)":                             true,
	"simulateAndRevert(address,bytes)":                        true,
	"schedule(address,uint256,bytes,bytes32,bytes32,uint256)": true,
	"execute(address,uint256,bytes,bytes32,bytes32)":          true,
})

// rulers are functions that change what a contract does, or who may say so.
var rulers = bySelector(map[string]bool{
	"upgradeTo(address)":                                   true,
	"upgradeToAndCall(address,bytes)":                      true,
	"upgrade(address,address)":                             true,
	"upgradeAndCall(address,address,bytes)":                true,
	"setImplementation(address)":                           true,
	"changeAdmin(address)":                                 true,
	"changeProxyAdmin(address,address)":                    true,
	"diamondCut((address,uint8,bytes4[])[],address,bytes)": true,
	"enableModule(address)":                                true,
	"installModule(uint256,address,bytes)":                 true,
	"transferOwnership(address)":                           true,
	"setOwner(address)":                                    true,
	"changeOwner(address)":                                 true,
	"grantRole(bytes32,address)":                           true,
})

func bySelector[T any](signatures map[string]T) map[userop.Selector]T {
	out := make(map[userop.Selector]T, len(signatures))
	for signature, meaning := range signatures {
		out[userop.Selector(crypto.Keccak256([]byte(signature))[:4])] = meaning
	}
	return out
}

// dangers says what of a listed function reaches further than it seems.
func (d describer) dangers(f permission.Function) []string {
	called := fmt.Sprintf("%s on %s", d.names.function(f), d.names.contract(f.Target))
	switch {
	case carriers[f.Selector]:
		return []string{called + " can carry any calls, which no rule here looks into"}
	case rulers[f.Selector]:
		return []string{called + " can change what the contract does, or who controls it"}
	case d.limitsToken(f.Target):
		return nil // whatever it moves or approves is charged
	}
	m, known := moves[f.Selector]
	if !known {
		return nil
	}
	var out []string
	if m.spender != nowhere && !d.fixes(f, m.spender) {
		out = append(out, called+" can approve anybody: no rule says which spender")
	}
	if !d.bounds(f, m.amount) && !d.limitsItem(f.Target) {
		out = append(out, called+" can move or approve any amount: no rule limits it")
	}
	return out
}

// fixes reports whether rules name the only values that a word may have.
func (d describer) fixes(f permission.Function, place int) bool {
	return d.hasArgument(f, place, permission.Equal, permission.In)
}

// bounds reports whether rules say how much a word may be, at most.
func (d describer) bounds(f permission.Function, place int) bool {
	if d.hasArgument(f, place, permission.Equal, permission.In, permission.Less, permission.LessOrEqual) {
		return true
	}
	return slices.ContainsFunc(d.permission.Rules, func(r permission.Rule) bool {
		total, ok := r.(permission.ArgumentTotal)
		return ok && total.Function == f && int(total.Word) == place
	})
}

func (d describer) hasArgument(f permission.Function, place int, ops ...permission.Op) bool {
	return slices.ContainsFunc(d.permission.Rules, func(r permission.Rule) bool {
		argument, ok := r.(permission.Argument)
		return ok && argument.Function == f && int(argument.Word) == place && slices.Contains(ops, argument.Op)
	})
}
