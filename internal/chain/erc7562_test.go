package chain_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// trace runs a bundle of one operation, from an EOA, under the node's
// erc7562Tracer. Codes are put at addresses for this run.
func (w *world) trace(op userop.Operation, codes map[common.Address]string) traceFrame {
	w.Helper()
	overrides := map[common.Address]any{}
	for address, code := range codes {
		overrides[address] = map[string]string{"code": code}
	}
	call := map[string]any{
		"from": w.bundler.Address(), "to": userop.EntryPoint, "gas": hexutil.Uint64(10_000_000),
		"input": hexutil.Bytes(w.handleOps(op)),
	}
	var root traceFrame
	w.must(w.node.RPC().CallContext(w.Context(), &root, "debug_traceCall", call, "latest",
		map[string]any{"tracer": "erc7562Tracer", "stateOverrides": overrides}))
	return root
}

// stakedPaymaster is our paymaster, after a look at whether it has a stake.
func (w *world) stakedPaymaster() common.Address {
	w.Helper()
	entryPoint := bindings.NewEntryPoint()
	output, err := w.client.Call(w.Context(), common.Address{}, userop.EntryPoint, entryPoint.PackGetDepositInfo(w.sponsor.Address()))
	w.must(err)
	info, err := entryPoint.UnpackGetDepositInfo(output)
	w.must(err)
	if !info.Staked || info.Stake.Sign() == 0 || info.UnstakeDelaySec < 86_400 {
		w.Fatalf("the paymaster has no stake: %+v", info)
	}
	return w.sponsor.Address()
}

// signatureMode is one layout of the signature field.
type signatureMode struct {
	name string
	sign func(w *world, op *userop.Operation, h home, s session)
	// needsSession says that the account must know the session, which it cannot
	// before it exists.
	needsSession bool
}

func ownerMode(form userop.Form) func(*world, *userop.Operation, home, session) {
	return func(w *world, op *userop.Operation, h home, _ session) {
		sig := w.signature(*op, h.owner, form)
		op.Signature = append([]byte{byte(form)}, sig[:]...)
	}
}

func sessionMode(form userop.Form) func(*world, *userop.Operation, home, session) {
	return func(w *world, op *userop.Operation, _ home, s session) { w.sessionSign(op, s, form) }
}

var signatureModes = []signatureMode{
	{"owner, bare", func(w *world, op *userop.Operation, h home, _ session) { w.ownerSign(op, h) }, false},
	{"owner, mode byte, EIP-191", ownerMode(userop.PersonalSign), false},
	{"owner, mode byte, raw", ownerMode(userop.Raw), false},
	{"session, EIP-191", sessionMode(userop.PersonalSign), true},
	{"session, raw", sessionMode(userop.Raw), true},
}

// TestValidationIsERC7562Clean runs every signature mode on every kind of
// account, with and without our paymaster, and accepts nothing that a bundler
// would refuse.
func TestValidationIsERC7562Clean(t *testing.T) {
	w := newWorld(t)
	fresh := w.counterfactual("fresh")
	w.fund(fresh.address)
	for _, h := range []struct {
		name  string
		first bool
		home
	}{
		{"deployed", false, w.proxy("alice")},
		{"first operation", true, fresh},
		{"delegated", false, w.delegated("bob")},
	} {
		var s session
		if !h.first {
			s = w.session(h.home, "minter of "+h.name)
			w.register(h.home, s)
		}
		for _, mode := range signatureModes {
			if mode.needsSession && h.first {
				continue
			}
			for _, sponsored := range []bool{false, true} {
				name := h.name + ", " + mode.name
				if sponsored {
					name += ", our paymaster"
				}
				t.Run(name, func(t *testing.T) {
					w := w.in(t)
					op := w.operation(h.home, w.mint(h.address))
					if sponsored {
						w.sponsored(&op)
					}
					mode.sign(w, &op, h.home, s)
					w.clean(op)
				})
			}
		}
	}
}

// in is the same world for a subtest.
func (w *world) in(t *testing.T) *world {
	inner := *w
	inner.T = t
	return &inner
}

// clean demands that the operation is valid, that all its entities ran, and
// that no rule was broken.
func (w *world) clean(op userop.Operation) {
	w.Helper()
	root := w.trace(op, nil)
	if root.Error != "" {
		_, err := w.client.Call(w.Context(), w.bundler.Address(), userop.EntryPoint, w.handleOps(op))
		w.Fatalf("the operation is not valid: %v", err)
	}
	violations, ran := judge(root, op, w.stakedPaymaster())
	for _, violation := range violations {
		w.Error(violation)
	}
	want := []string{"account"}
	if op.Factory != (common.Address{}) {
		want = []string{"factory", "account"}
	}
	if op.Paymaster != (common.Address{}) {
		want = append(want, "paymaster")
	}
	if !slices.Equal(ran, want) {
		w.Errorf("the trace shows %q, want %q", ran, want)
	}
}

// TestERC7562CheckCanFail gives the check accounts that each break one rule.
// Without this, a check that finds nothing would prove nothing.
func TestERC7562CheckCanFail(t *testing.T) {
	w := newWorld(t)
	account, helper := common.HexToAddress("0xacc0"), common.HexToAddress("0x4e19e4")
	w.succeed(w.send(userop.EntryPoint, ether(1), bindings.NewEntryPoint().PackDepositTo(account)))

	w.fund(account)
	const answerValid = "5f5f5260205ff3" // return 0: the signature is right
	callHelper := evmCall(helper, 50_000, 0, 0)
	for _, c := range []struct {
		rule string // "" when nothing is wrong
		name string
		code string
		help string // code of the helper contract
	}{
		{"", "nothing but the answer", "", ""},
		{"", "own storage", "5f54506001600155", ""},
		{"", "GAS before a call", strings.Replace(callHelper, "630000c350", "5a", 1), "00"},
		{"", "associated storage", callHelper, "73" + hexutil.Encode(account[:])[2:] + "5450"},
		{"", "keccak of something", "60205f2050", ""},
		{"OP-011: uses TIMESTAMP", "time", "4250", ""},
		{"OP-011: uses NUMBER", "block number", "4350", ""},
		{"OP-011: uses COINBASE", "block producer", "4150", ""},
		{"OP-011: uses DIFFICULTY", "randomness", "4450", ""},
		{"OP-011: uses GASLIMIT", "block gas limit", "4550", ""},
		{"OP-011: uses BASEFEE", "base fee", "4850", ""},
		{"OP-011: uses BLOBBASEFEE", "blob base fee", "4a50", ""},
		{"OP-011: uses GASPRICE", "gas price", "3a50", ""},
		{"OP-011: uses ORIGIN", "origin", "3250", ""},
		{"OP-011: uses BLOCKHASH", "block hash", "5f4050", ""},
		{"OP-011: uses SELFBALANCE", "own balance", "4750", ""},
		{"OP-011: uses BALANCE", "a balance", "303150", ""},
		{"OP-011: uses CREATE", "creation", "5f5f5ff050", ""},
		{"OP-011: uses SELFDESTRUCT", "destruction of another", callHelper, "5fff"},
		{"OP-011: uses INVALID", "an invalid opcode inside", callHelper, "fe"},
		{"OP-013: uses the unassigned opcode 0xc", "an unassigned opcode inside", callHelper, "0c"},
		{"OP-011: uses TIMESTAMP", "time behind a call", callHelper, "42"},
		{"OP-012: looks at GAS", "remaining gas", "5a50", ""},
		{"OP-031: creates 1 contracts", "CREATE2 by an account", "5f5f5f5ff550", ""},
		{"OP-020: runs out of gas", "an inner call without gas", evmCall(helper, 1, 0, 0), "5f5450"},
		{"OP-041: reaches 0x", "size of nothing", "61dead3b50", ""},
		{"OP-041: reaches 0x", "call to nothing", evmCall(common.HexToAddress("0xdead"), 50_000, 0, 0), ""},
		{"OP-061: sends 1 wei", "a payment", evmCall(helper, 50_000, 1, 0), "00"},
		{"", "a payment to the EntryPoint", evmCall(userop.EntryPoint, 50_000, 1, 0), ""},
		{"OP-054: calls the EntryPoint with 0x00000000", "a call of the EntryPoint", evmCall(userop.EntryPoint, 50_000, 0, 4), ""},
		{"STO: reaches slot 0x", "foreign storage", callHelper, "600754"},
		{"STO: reaches slot 0x", "foreign writes", callHelper, "6001600755"},
		{"STO: reaches slot 0x", "foreign transient storage", callHelper, "60075c50"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := w.in(t)
			codes := map[common.Address]string{account: "0x" + c.code + answerValid}
			if c.help != "" {
				codes[helper] = "0x" + c.help
			}
			op := w.operation(home{address: account, owner: w.bundler}, []byte{1})
			op.Factory, op.FactoryData = common.Address{}, nil
			root := w.trace(op, codes)
			if root.Error != "" {
				t.Fatalf("the operation is not valid: %s", root.Error)
			}
			violations, ran := judge(root, op)
			if !slices.Equal(ran, []string{"account"}) {
				t.Errorf("the trace shows %q", ran)
			}
			checkViolations(t, violations, c.rule)
		})
	}
}

// evmCall is code that makes a CALL with zeros as input and ignores the result.
func evmCall(to common.Address, gas uint32, value, inputLength byte) string {
	return fmt.Sprintf("5f5f60%02x5f60%02x73%x63%08xf150", inputLength, value, to, gas)
}

func checkViolations(t *testing.T, violations []string, rule string) {
	t.Helper()
	if rule == "" {
		if len(violations) != 0 {
			t.Errorf("nothing is wrong, and yet: %q", violations)
		}
		return
	}
	id, what, _ := strings.Cut(rule, ": ")
	if len(violations) != 1 || !strings.Contains(violations[0], id+" "+what) {
		t.Errorf("found %q, want just %q", violations, rule)
	}
}

// TestERC7562CheckKnowsStake takes the stake away from our paymaster, in the
// eyes of the check.
func TestERC7562CheckKnowsStake(t *testing.T) {
	w := newWorld(t)
	alice := w.proxy("alice")
	op := w.operation(alice, w.mint(alice.address))
	w.sponsored(&op)
	w.ownerSign(&op, alice)
	violations, _ := judge(w.trace(op, nil), op)
	if len(violations) == 0 || !strings.HasPrefix(violations[0], "paymaster: STO reaches slot ") {
		t.Errorf("a paymaster without stake that reads its storage: %q", violations)
	}
}
