package contract_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/google/go-cmp/cmp"

	"github.com/latchkey-dev/latchkey/internal/contract"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/page"
)

var token = common.HexToAddress(mixed)

func tokenParams() contract.Params {
	return contract.Params{Name: ptr("token"), ChainID: ptr(uint64(80002)), Address: &token, ABI: json.RawMessage(`[
		{"type":"function","name":"balanceOf","inputs":[{"name":"who","type":"address"}],"outputs":[{"name":"","type":"uint256"}],"stateMutability":"view"},
		{"type":"function","name":"transfer","inputs":[{"name":"to","type":"address"},{"name":"amount","type":"uint256"}],"outputs":[]}
	]`)}
}

func TestCreateGetUpdateDelete(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	created, err := f.service.Create(f.ctx, f.project, tokenParams())
	if err != nil {
		t.Fatal(err)
	}
	got, err := f.service.Get(f.ctx, f.project, created.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(created, got); diff != "" {
		t.Errorf("create and get differ:\n%s", diff)
	}

	updated, err := f.service.Update(f.ctx, f.project, created.ID, contract.Params{Name: ptr("renamed"), PublicVerification: ptr(true)})
	if err != nil {
		t.Fatal(err)
	}
	if updated.Name != "renamed" || !updated.PublicVerification || updated.ABI == nil || updated.Address != token {
		t.Errorf("after the update: %+v", updated)
	}
	for _, bad := range []contract.Params{{Name: ptr("")}, {ChainID: ptr(uint64(0))}, {Address: new(common.Address)}, {ABI: json.RawMessage(`{}`)}} {
		_, err := f.service.Update(f.ctx, f.project, created.ID, bad)
		wantFault(t, err, fault.Invalid)
	}
	list, err := f.service.List(f.ctx, f.project, contract.Filter{Name: "renamed"}, page.Request{})
	if err != nil || list.Total != 1 {
		t.Errorf("list: %+v, %v", list, err)
	}
	if err := f.service.Delete(f.ctx, f.project, created.ID); err != nil {
		t.Error(err)
	}
	_, err = f.service.Get(f.ctx, f.project, created.ID)
	wantFault(t, err, fault.NotFound)
}

func TestCreateRefusals(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	for _, c := range []struct {
		field  string
		change func(*contract.Params)
	}{
		{"name", func(p *contract.Params) { p.Name = nil }},
		{"name", func(p *contract.Params) { p.Name = ptr("") }},
		{"chainId", func(p *contract.Params) { p.ChainID = nil }},
		{"address", func(p *contract.Params) { p.Address = nil }},
		{"address", func(p *contract.Params) { p.Address = new(common.Address) }},
		{"abi", func(p *contract.Params) { p.ABI = json.RawMessage(`"text"`) }},
		{"abi", func(p *contract.Params) {
			p.ABI = json.RawMessage(`[{"type":"function","name":"f","inputs":[{"type":"uint7"}]}]`)
		}},
		{"abi", func(p *contract.Params) { p.ABI = json.RawMessage(`[{"type":"nonsense"}]`) }},
	} {
		p := tokenParams()
		c.change(&p)
		_, err := f.service.Create(f.ctx, f.project, p)
		var refused *fault.Fault
		if !errors.As(err, &refused) || refused.Kind != fault.Invalid || refused.Field != c.field {
			t.Errorf("error is %v, want a fault about %s", err, c.field)
		}
	}
}

// An ABI can name types so large that building them would end the program.
func TestABIBombsAreRefused(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	nested := `{"type":"uint256"}`
	for range 40 {
		nested = `{"type":"tuple","components":[` + nested + `]}`
	}
	for _, input := range []string{
		`{"type":"uint256[99999999999999]"}`,
		`{"type":"uint256[999999999999999999999999]"}`,
		`{"type":"uint256[1000][1000][1000]"}`,
		`{"type":"uint256[0]"}`,
		`{"type":"tuple[1000]","components":[{"name":"a","type":"uint256[1000]"}]}`,
		nested,
	} {
		p := tokenParams()
		p.ABI = json.RawMessage(`[{"type":"function","name":"f","inputs":[` + input + `]}]`)
		_, err := f.service.Create(f.ctx, f.project, p)
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%.60s: %v, want a refusal", input, err)
		}
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	c, err := f.service.Create(f.ctx, f.project, tokenParams())
	if err != nil {
		t.Fatal(err)
	}
	f.chain.reply = common.LeftPadBytes([]byte{1, 0}, 32)
	for _, who := range []struct {
		arg  any
		last string
	}{
		{"0x00000000000000000000000000000000000000ff", "ff"},
		{knownPlayer, "aa"},
		{c.ID, "c7"},
	} {
		got, err := f.service.Read(f.ctx, f.project, c.ID, "balanceOf", []any{who.arg})
		if err != nil || got != "256" {
			t.Errorf("%v: balance is %v, %v", who.arg, got, err)
		}
		if f.chain.chainID != 80002 || f.chain.to != token || !strings.HasSuffix(common.Bytes2Hex(f.chain.data), who.last) {
			t.Errorf("%v: called %s on chain %d with %x", who.arg, f.chain.to, f.chain.chainID, f.chain.data)
		}
	}

	for _, arg := range []any{"pla_018f2c6e-0000-7000-8000-000000000002", "con_018f2c6e-0000-7000-8000-000000000002", "nobody"} {
		_, err := f.service.Read(f.ctx, f.project, c.ID, "balanceOf", []any{arg})
		var refused *fault.Fault
		if !errors.As(err, &refused) || refused.Field != "functionArgs[0]" {
			t.Errorf("%v: error is %v, want a fault about functionArgs[0]", arg, err)
		}
	}
	f.chain.reply = nil
	_, err = f.service.Read(f.ctx, f.project, c.ID, "balanceOf", []any{knownPlayer})
	wantFault(t, err, fault.Invalid)
	f.chain.err = fault.New(fault.Unavailable, "no node answers")
	_, err = f.service.Read(f.ctx, f.project, c.ID, "balanceOf", []any{knownPlayer})
	wantFault(t, err, fault.Unavailable)
	_, err = f.service.Read(f.ctx, f.project, "con_x", "balanceOf", nil)
	wantFault(t, err, fault.NotFound)
}

func TestTargetAndSelectorOfRegisteredContracts(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	c, err := f.service.Create(f.ctx, f.project, tokenParams())
	if err != nil {
		t.Fatal(err)
	}
	plain := tokenParams()
	plain.ABI = nil // registered again, later, without an ABI
	if _, err := f.service.Create(f.ctx, f.project, plain); err != nil {
		t.Fatal(err)
	}

	chainID, to, selector, err := f.service.Target(f.ctx, f.project, c.ID, "transfer")
	if err != nil || chainID != 80002 || to != token || selector != [4]byte{0xa9, 0x05, 0x9c, 0xbb} {
		t.Errorf("target is %d %s %x, %v", chainID, to, selector, err)
	}
	if _, _, selector, err := f.service.Target(f.ctx, f.project, c.ID, ""); err != nil || selector != [4]byte{} {
		t.Errorf("target without a function is %x, %v", selector, err)
	}
	_, _, _, err = f.service.Target(f.ctx, f.project, c.ID, "burn")
	wantFault(t, err, fault.Invalid)
	_, _, _, err = f.service.Target(f.ctx, f.project, "con_x", "")
	wantFault(t, err, fault.NotFound)

	got, signature, err := f.service.Selector(f.ctx, f.project, 80002, token, "transfer")
	if err != nil || got != selector || signature != "transfer(address,uint256)" {
		t.Errorf("selector is %x, %v", got, err)
	}
	_, _, err = f.service.Selector(f.ctx, f.project, 1, token, "transfer") // not registered there
	wantFault(t, err, fault.Invalid)
	if got, signature, err := f.service.Selector(f.ctx, f.project, 1, token, "transfer(address, uint)"); err != nil || got != [4]byte{0xa9, 0x05, 0x9c, 0xbb} || signature != "transfer(address,uint256)" {
		t.Errorf("selector of a signature is %x, %v", got, err)
	}
	_, _, err = f.service.Selector(f.ctx, f.project, 80002, token, "burn")
	wantFault(t, err, fault.Invalid)
}
