package words_test

import (
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/permission/words"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

func on(signature string) permission.Function {
	return permission.Function{Target: items, Selector: userop.Selector(crypto.Keccak256([]byte(signature))[:4])}
}

// A function that reaches further than its name says is warned of until rules
// say whom and how much.
func TestWarnings_dangerousFunctions(t *testing.T) {
	t.Parallel()
	const spender, amount, calls, control = "which spender", "any amount", "can carry any calls", "who controls it"
	argument := func(f permission.Function, word uint8, op permission.Op) permission.Rule {
		return permission.Argument{Function: f, Word: word, Op: op, Operands: []*big.Int{big.NewInt(5)}}
	}
	sum := func(f permission.Function, word uint8) permission.Rule {
		return permission.ArgumentTotal{Function: f, Word: word, Total: permission.Total{Max: big.NewInt(5)}}
	}
	approve, transfer, forAll, permit := on("approve(address,uint256)"), on("transfer(address,uint256)"), on("setApprovalForAll(address,bool)"),
		on("permit(address,address,uint256,uint256,uint8,bytes32,bytes32)")
	increase, batch := on("increaseAllowance(address,uint256)"), on("safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)")
	for _, c := range []struct {
		name     string
		function permission.Function
		rules    []permission.Rule
		want     []string
	}{
		{"mint", mint, nil, nil},
		{"approve", approve, nil, []string{spender, amount}},
		{"approve, whom", approve, []permission.Rule{argument(approve, 0, permission.Equal)}, []string{amount}},
		{"approve, whom not", approve, []permission.Rule{argument(approve, 0, permission.NotEqual), argument(approve, 1, permission.Less)}, []string{spender}},
		{"approve, whom and how much", approve, []permission.Rule{argument(approve, 0, permission.In), sum(approve, 1)}, nil},
		{"approve, a rule of another function", approve, []permission.Rule{argument(mint, 0, permission.Equal)}, []string{spender, amount}},
		{"approve within a budget", approve, []permission.Rule{permission.ERC20Total{Token: items, Total: permission.Total{Max: big.NewInt(5)}}}, nil},
		{"approve within another token's budget", approve, []permission.Rule{permission.ERC20Total{Token: usdc, Total: permission.Total{Max: big.NewInt(5)}}}, []string{spender, amount}},
		{"approve an item", approve, []permission.Rule{permission.ERC721{Token: items, ID: big.NewInt(5)}}, []string{spender}},
		{"increaseAllowance", increase, []permission.Rule{argument(increase, 1, permission.LessOrEqual)}, []string{spender}},
		{"setApprovalForAll", forAll, nil, []string{spender, amount}},
		{"setApprovalForAll, whom", forAll, []permission.Rule{argument(forAll, 0, permission.Equal)}, []string{amount}},
		{"permit", permit, []permission.Rule{argument(permit, 2, permission.Less)}, []string{spender}},
		{"transfer", transfer, nil, []string{amount}},
		{"transfer, at least", transfer, []permission.Rule{argument(transfer, 1, permission.GreaterOrEqual)}, []string{amount}},
		{"transfer, at most", transfer, []permission.Rule{argument(transfer, 1, permission.LessOrEqual)}, nil},
		{"a batch of transfers", batch, []permission.Rule{argument(batch, 2, permission.Less)}, []string{amount}},
		{"multicall", on("multicall(bytes[])"), nil, []string{calls}},
		{"execute", on("execute(address,uint256,bytes)"), nil, []string{calls}},
		{"executeBatch", on("executeBatch((address,uint256,bytes)[])"), nil, []string{calls}},
		{"a safe's transaction", on("execTransaction(address,uint256,bytes,uint8,uint256,uint256,uint256,address,address,bytes)"), nil, []string{calls}},
		{"upgradeTo", on("upgradeTo(address)"), nil, []string{control}},
		{"upgradeToAndCall", on("upgradeToAndCall(address,bytes)"), nil, []string{control}},
		{"transferOwnership", on("transferOwnership(address)"), nil, []string{control}},
	} {
		p := permission.Permission{Functions: []permission.Function{c.function}, Limit: 1, ValidUntil: friday, Rules: c.rules}
		got := words.Describe(p, names).Warnings
		if len(got) != len(c.want) {
			t.Errorf("%s: warnings %q, want %q", c.name, got, c.want)
			continue
		}
		for i, want := range c.want {
			if !strings.Contains(got[i], want) {
				t.Errorf("%s: warning %q, want %q", c.name, got[i], want)
			}
		}
	}
}
