package permission

import (
	"bytes"
	"fmt"
	"math/big"
	"slices"
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

// trial is one operation under one session.
type trial struct {
	account common.Address
	p       Permission
	packed  []byte
	id      common.Hash
	word    *big.Int
	op      userop.Operation
	signed  bool // by the session key
	time    uint64
}

// verdict is what the contract, and EntryPoint after it, say of a trial.
type verdict struct {
	name      string // of the contract's error, "" when it did not revert
	arguments []any  // of the error
	rules     []RuleName // that the error or the window stands for, nil when allowed
	signed    bool   // false when the contract refused the signature
	word      *big.Int
}

func (v verdict) outcome() string {
	if v.name == "" && v.rules != nil {
		return string(v.rules[0])
	}
	return v.name
}

// rulesOf maps outcomes, which are the contract's errors, or "" and the two
// ends of the window, to the rules that a refusal names.
var rulesOf = map[string][]RuleName{
	"":                    nil,
	"validAfter":          {RuleValidAfter},
	"validUntil":          {RuleValidUntil},
	"SessionNotActive":    {RuleStatus},
	"CallMalformed":       {RuleFunctions},
	"FunctionForbidden":   {RuleFunctions},
	"TargetForbidden":     {RuleTarget},
	"CallNotAllowed":      {RuleFunctions, RuleContracts},
	"ValueNotAllowed":     {RuleValue},
	"LimitExceeded":       {RuleLimit},
	"PaymasterNotAllowed": {RulePaymasters},
	"FeeLimitMissing":     {RuleFeeLimit},
	"FeeLimitExceeded":    {RuleFeeLimit},
}

func TestEvaluateEqualsContract(t *testing.T) {
	t.Parallel()
	c := newChain(t)
	seen := map[string]int{}
	for range rounds {
		rapid.Check(t, func(t *rapid.T) {
			p := drawPermission(t)
			p.Signer = c.key.Address()
			tr := c.drawTrial(t, p.Normalize())
			v := c.judge(t, tr)
			seen[v.outcome()]++
			compareVerdicts(t, tr, v)
		})
	}
	t.Logf("outcomes: %v", seen)
	for outcome := range rulesOf {
		if seen[outcome] == 0 {
			t.Errorf("no operation ended as %q", outcome)
		}
	}
}

func compareVerdicts(t *rapid.T, tr trial, v verdict) {
	got := Evaluate(tr.p, State{Status: ParseStatus(tr.word)}, Operation{
		Account: tr.account, EntryPoint: userop.EntryPoint, CallData: tr.op.CallData,
		Paymaster: tr.op.Paymaster, WorstCaseFee: tr.op.RequiredPrefund(), Time: tr.time,
	})
	if got == nil && v.rules != nil {
		t.Fatalf("contract refuses with %s%v %v, Go allows:\n%+v", v.name, v.arguments, v.rules, tr)
	}
	if got != nil && !slices.Contains(v.rules, got.Rule) {
		t.Fatalf("contract says %q %v, Go refuses by %q:\n%+v", v.name, v.rules, got.Message, tr)
	}
	if v.name == "LimitExceeded" || v.name == "FeeLimitExceeded" {
		if limit, asked := fmt.Sprint(v.arguments[0]), fmt.Sprint(v.arguments[2]); got.Limit != limit || got.Asked != asked {
			t.Fatalf("contract says %s%v, Go says limit %s, asked %s", v.name, v.arguments, got.Limit, got.Asked)
		}
	}
	if v.name == "" && v.signed != tr.signed {
		t.Fatalf("contract takes the signature as good: %t, want %t", v.signed, tr.signed)
	}
	if want := charged(tr, v); v.word.Cmp(want) != 0 {
		t.Fatalf("status word became %x, want %x after %q:\n%+v", v.word, want, v.name, tr)
	}
}

// charged is the status word that a trial must leave behind: validation
// charges whatever comes of the signature and the time.
func charged(tr trial, v verdict) *big.Int {
	word := new(big.Int).Set(tr.word)
	if v.name != "" {
		return word
	}
	if tr.p.Limit > 0 {
		word.Add(word, big.NewInt(1<<usesShift))
	}
	if tr.p.feeLimit().Sign() > 0 {
		word.Add(word, new(big.Int).Lsh(tr.op.RequiredPrefund(), feeSpentShift))
	}
	return word
}

// judge has the account validate the operation, as EntryPoint would ask it.
func (c *chain) judge(t *rapid.T, tr trial) verdict {
	c.evm.SetStatus(tr.account, tr.id, tr.word)
	hash, err := tr.op.Hash(evmtest.ChainID, userop.EntryPoint)
	if err != nil {
		t.Fatal(err)
	}
	tr.op.Signature = c.sign(t, tr, hash)
	packed, err := tr.op.Pack()
	if err != nil {
		t.Fatal(err)
	}
	call := c.contract.PackValidateUserOp(bindings.PackedUserOperation(packed), hash, new(big.Int))
	answer, _, err := c.evm.Call(userop.EntryPoint, tr.account, call)
	v := verdict{word: c.evm.Status(tr.account, tr.id)}
	if err == nil {
		v.rules, v.signed = readValidationData(answer, tr.time)
		return v
	}
	for _, e := range c.contract.GetABI().Errors {
		if len(answer) >= 4 && bytes.Equal(e.ID[:4], answer[:4]) {
			v.name, v.rules = e.Name, rulesOf[e.Name]
			if v.arguments, err = e.Inputs.Unpack(answer[4:]); err != nil {
				t.Fatal(err)
			}
		}
	}
	if v.rules == nil {
		t.Fatalf("contract reverts with %x (%s), which stands for no rule:\n%+v", answer, v.name, tr)
	}
	return v
}

// readValidationData judges as EntryPoint does: signature failure in the low
// 160 bits, then validUntil and validAfter of 48 bits each.
func readValidationData(answer []byte, now uint64) (rules []RuleName, signed bool) {
	data := new(big.Int).SetBytes(answer)
	until := new(big.Int).Rsh(data, 160).Uint64() & MaxTime
	after := new(big.Int).Rsh(data, 208).Uint64()
	signed = new(big.Int).And(data, new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 160), big.NewInt(1))).Sign() == 0
	switch {
	case now > until:
		return []RuleName{RuleValidUntil}, signed
	case now <= after:
		return []RuleName{RuleValidAfter}, signed
	}
	return nil, signed
}

func (c *chain) sign(t *rapid.T, tr trial, hash common.Hash) []byte {
	if !tr.signed {
		return userop.DummySessionSignature(tr.packed)
	}
	sig, err := c.key.SignPersonal(t.Context(), hash)
	if err != nil {
		t.Fatal(err)
	}
	return userop.SessionSignature(userop.PersonalSign, tr.packed, sig)
}

func (c *chain) drawTrial(t *rapid.T, p Permission) trial {
	tr := trial{account: rapid.SampledFrom(c.accounts).Draw(t, "account"), p: p, packed: mustEncode(t, p)}
	tr.id = ID(evmtest.ChainID, tr.account, 0, tr.packed)
	status := drawStatus(t, p)
	tr.word = wordOf(status, rapid.Uint64().Draw(t, "reserved"))
	tr.signed = rapid.Bool().Draw(t, "signed")
	tr.time = drawTime(t, p)
	tr.op = drawOperation(t, tr, status)
	return tr
}

// rarely is true in one case of eight. rapid's other draws favour the ends of
// their ranges.
func rarely(t *rapid.T, label string) bool {
	rare := true
	for range 3 {
		rare = rapid.Bool().Draw(t, label) && rare
	}
	return rare
}

// drawStatus draws mostly active sessions whose counters are near their
// limits. A session never spends more than its fee limit.
func drawStatus(t *rapid.T, p Permission) Status {
	s := Status{
		State: Active,
		Uses:  rapid.SampledFrom([]uint64{0, p.Limit / 2, max(p.Limit, 1) - 1, p.Limit}).Draw(t, "uses"),
	}
	if rarely(t, "not active") {
		s.State = rapid.SampledFrom([]Phase{None, Closed, 3, 255}).Draw(t, "state")
	}
	left := new(big.Int).SetBytes(rapid.SliceOfN(rapid.Byte(), 0, 4).Draw(t, "fee left"))
	s.FeeSpent = new(big.Int).Sub(p.feeLimit(), left)
	if s.FeeSpent.Sign() < 0 {
		s.FeeSpent = new(big.Int)
	}
	return s
}

func wordOf(s Status, reserved uint64) *big.Int {
	word := new(big.Int).Lsh(new(big.Int).SetUint64(reserved), feeSpentShift+96)
	word.Or(word, new(big.Int).Lsh(s.FeeSpent, feeSpentShift))
	word.Or(word, new(big.Int).Lsh(new(big.Int).SetUint64(s.Uses), usesShift))
	return word.Or(word, big.NewInt(int64(s.State)))
}

// drawTime draws times about the ends of the window. EntryPoint refuses every
// operation at time 0, which no chain has.
func drawTime(t *rapid.T, p Permission) uint64 {
	return max(1, rapid.SampledFrom([]uint64{
		p.ValidAfter/2 + p.ValidUntil/2,
		p.ValidAfter, max(p.ValidAfter, 1) - 1, p.ValidAfter + 1,
		p.ValidUntil - 1, p.ValidUntil, p.ValidUntil + 1,
	}).Draw(t, "time"))
}

func drawOperation(t *rapid.T, tr trial, s Status) userop.Operation {
	op := userop.Operation{
		Sender: tr.account, Nonce: new(big.Int), CallData: drawCallData(t, tr),
		MaxFeePerGas:         big.NewInt(1),
		VerificationGasLimit: new(big.Int).SetUint64(rapid.Uint64Range(0, 1000).Draw(t, "verificationGasLimit")),
		CallGasLimit:         new(big.Int).SetUint64(rapid.Uint64Range(0, 1000).Draw(t, "callGasLimit")),
	}
	if rapid.Bool().Draw(t, "sponsored") {
		paymasters := tr.p.Paymasters
		if len(paymasters) == 0 || rarely(t, "any paymaster") {
			paymasters = []common.Address{{9}}
		}
		op.Paymaster = rapid.SampledFrom(paymasters).Draw(t, "paymaster")
		op.PaymasterVerificationGasLimit = new(big.Int).SetUint64(rapid.Uint64Range(0, 1000).Draw(t, "paymasterVerificationGasLimit"))
		op.PaymasterPostOpGasLimit = new(big.Int).SetUint64(rapid.Uint64Range(0, 1000).Draw(t, "paymasterPostOpGasLimit"))
	}
	if rarely(t, "greatest price") {
		op.MaxFeePerGas = new(big.Int).Lsh(big.NewInt(1), 119)
	}
	// The last leg brings the fee to the edge of what is left.
	edge := new(big.Int).Sub(tr.p.feeLimit(), s.FeeSpent)
	edge.Add(edge, big.NewInt(rapid.Int64Range(-1, 1).Draw(t, "beyond the edge")))
	if edge.Sub(edge, op.RequiredPrefund()); edge.Sign() >= 0 && op.MaxFeePerGas.BitLen() == 1 {
		op.PreVerificationGas = edge
	}
	return op
}

func drawCallData(t *rapid.T, tr trial) []byte {
	targets, selectors := slices.Clone(tr.p.Contracts), []userop.Selector{}
	for _, f := range tr.p.Functions {
		targets, selectors = append(targets, f.Target), append(selectors, f.Selector)
	}
	if len(targets) == 0 {
		targets = []common.Address{drawAddress(t, "target")}
	}
	if rarely(t, "other target") {
		targets = []common.Address{drawAddress(t, "target"), tr.account, userop.EntryPoint}
	}
	if len(selectors) == 0 || rarely(t, "any selector") {
		selectors = []userop.Selector{{0xf0, rapid.ByteRange(1, 6).Draw(t, "selector")}}
	}
	selector := rapid.SampledFrom(selectors).Draw(t, "selector")
	data := append(selector[:], rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "arguments")...)
	if rarely(t, "short data") {
		data = data[:rapid.IntRange(0, 4).Draw(t, "data length")]
	}
	value := new(big.Int)
	if rarely(t, "with value") {
		value = rapid.SampledFrom([]*big.Int{big.NewInt(1), MaxFeeLimit}).Draw(t, "value")
	}
	callData, err := userop.ExecuteCall(rapid.SampledFrom(targets).Draw(t, "called"), value, data)
	if err != nil {
		t.Fatal(err)
	}
	if rarely(t, "damaged") {
		return damage(t, callData)
	}
	return callData
}

// damage makes call data that is not the canonical form of execute, or not of
// execute at all, or that differs where it does not matter.
func damage(t *rapid.T, callData []byte) []byte {
	at := rapid.IntRange(0, len(callData)).Draw(t, "damaged at")
	switch rapid.IntRange(0, 3).Draw(t, "kind of damage") {
	case 0:
		return callData[:at]
	case 1:
		return append(callData, make([]byte, rapid.SampledFrom([]int{1, 31, 32, 64}).Draw(t, "trailing"))...)
	case 2:
		return userop.RegisterSession(callData)
	}
	out := bytes.Clone(callData)
	out[at%len(out)] ^= rapid.ByteRange(1, 255).Draw(t, "flipped")
	return out
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
			op.Signature = userop.SessionSignature(userop.Raw, packed, sig)
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
	p, err := Decode(packed)
	if reverted != nil && (p.SignerType != Secp256k1 || len(p.Rules) > 0) {
		t.Skip("the contract has yet to learn of other keys and of rules")
	}
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
