package console

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/latchkey-dev/latchkey/internal/console/ui"
	"github.com/latchkey-dev/latchkey/internal/contract"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/operator"
	"github.com/latchkey-dev/latchkey/internal/page"
)

func (c *Console) contractRoutes() []route {
	return []route{
		view("/contracts", func(v *visit) error { return v.showContracts(contractList{}, nil) }),
		view("/contracts/{id}", showContract),
		change(operator.Editor, "contract.create", "/contracts", createContract),
		change(operator.Editor, "contract.update", "/contracts/{id}", updateContract),
		change(operator.Editor, "contract.delete", "/contracts/{id}/delete", deleteContract),
	}
}

type contractList struct {
	rows   []contract.Contract
	chains []uint64
	pages  ui.Pages
	// what was written in the form, and what is wrong with it
	name, address, abi, problem string
}

// showContracts shows the list; refused says that the form in it was.
func (v *visit) showContracts(list contractList, refused error) error {
	req, err := v.pageRequest()
	if err != nil {
		return err
	}
	found, err := v.console.Contracts.List(v.ctx(), v.project.ID, contract.Filter{}, req)
	if err != nil {
		return err
	}
	list.rows, list.chains = found.Items, v.chains()
	if n := len(found.Items); n > 0 {
		list.pages = v.pages(found.More, page.Mark{CreatedAt: found.Items[n-1].CreatedAt, ID: found.Items[n-1].ID})
	}
	if refused != nil {
		return v.refuse(refused, contractsPage(list))
	}
	return v.show(contractsPage(list))
}

// loggedContract is what the audit log holds of a contract.
type loggedContract struct {
	Name    string         `json:"name"`
	ChainID uint64         `json:"chainId"`
	Address common.Address `json:"address"`
	ABI     string         `json:"abi,omitempty"` // its SHA-256: it decides how calls are read
}

func logContract(c contract.Contract) loggedContract {
	logged := loggedContract{Name: c.Name, ChainID: c.ChainID, Address: c.Address}
	if c.ABI != nil {
		logged.ABI = fmt.Sprintf("sha256:%x", sha256.Sum256(c.ABI))
	}
	return logged
}

func createContract(v *visit) error {
	list := contractList{name: strings.TrimSpace(v.form("name")), address: strings.TrimSpace(v.form("address")), abi: strings.TrimSpace(v.form("abi"))}
	c, err := v.registerContract(list)
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		list.problem = reason(err)
		return v.showContracts(list, err)
	}
	if err != nil {
		return err
	}
	v.changed(c.ID, nil, logContract(c))
	return v.redirect("/contracts/"+c.ID, "The contract is registered.")
}

func (v *visit) registerContract(form contractList) (contract.Contract, error) {
	chain, err := strconv.ParseUint(v.form("chain"), 10, 64)
	if err != nil {
		return contract.Contract{}, fault.Field("chain", v.form("chain"), "must be a chain id")
	}
	if !common.IsHexAddress(form.address) {
		return contract.Contract{}, fault.Field("address", form.address, "must be 0x and 40 hex digits")
	}
	address := common.HexToAddress(form.address)
	return v.console.Contracts.Create(v.ctx(), v.project.ID, contract.Params{
		Name: &form.name, ChainID: &chain, Address: &address, ABI: abiOf(form.abi),
	})
}

// abiOf is an ABI as it was pasted, nil for none. Compilers' artefacts hold it
// in a member.
func abiOf(text string) json.RawMessage {
	if text == "" {
		return nil
	}
	var artefact struct{ ABI json.RawMessage }
	if json.Unmarshal([]byte(text), &artefact) == nil && artefact.ABI != nil {
		return artefact.ABI
	}
	return json.RawMessage(text)
}

func updateContract(v *visit) error {
	before, err := v.console.Contracts.Get(v.ctx(), v.project.ID, v.id())
	if err != nil {
		return err
	}
	name := strings.TrimSpace(v.form("name"))
	after, err := v.console.Contracts.Update(v.ctx(), v.project.ID, v.id(), contract.Params{Name: &name, ABI: abiOf(strings.TrimSpace(v.form("abi")))})
	if err != nil {
		return err
	}
	v.changed(v.id(), logContract(before), logContract(after))
	return v.redirect("/contracts/"+v.id(), "The contract is changed.")
}

func deleteContract(v *visit) error {
	before, err := v.console.Contracts.Get(v.ctx(), v.project.ID, v.id())
	if err != nil {
		return err
	}
	if err := v.console.Contracts.Delete(v.ctx(), v.project.ID, v.id()); err != nil {
		return err
	}
	v.changed(v.id(), logContract(before), nil)
	return v.redirect("/contracts", before.Name+" is forgotten.")
}

type contractView struct {
	contract.Contract
	functions []contract.Function
	called    *calledFunction // nil when none was
}

// calledFunction is a function that was read or encoded, and what came of it.
type calledFunction struct {
	signature string
	args      []string
	encoded   string // call data, "" when it was read
	answer    string // JSON
	problem   string
}

// showContract shows a contract. Reading and encoding change nothing, so they
// are questions in the query, with an address that can be kept.
func showContract(v *visit) error {
	c, err := v.console.Contracts.Get(v.ctx(), v.project.ID, v.id())
	if err != nil {
		return err
	}
	shown := contractView{Contract: c, functions: contract.Functions(c)}
	if v.form("function") != "" {
		if shown.called, err = v.callFunction(c); err != nil {
			return err
		}
	}
	return v.show(contractPage(shown))
}

func (v *visit) callFunction(c contract.Contract) (*calledFunction, error) {
	done := &calledFunction{signature: v.form("function"), args: v.r.URL.Query()["arg"]}
	args := make([]any, len(done.args))
	for i, a := range done.args {
		args[i] = strings.TrimSpace(a)
	}
	err := v.ask(c, done, args)
	if f, ok := asFault(err); ok {
		done.problem, err = f.Message, nil
	}
	return done, err
}

func (v *visit) ask(c contract.Contract, done *calledFunction, args []any) error {
	if v.form("do") == "encode" {
		data, err := contract.Encode(c, done.signature, args)
		done.encoded = hexutil.Encode(data)
		return err
	}
	answer, err := v.console.Contracts.Read(v.ctx(), v.project.ID, c.ID, done.signature, args)
	if err != nil {
		return err
	}
	out, err := json.MarshalIndent(answer, "", "  ")
	done.answer = string(out)
	return err
}

// argument is what was given for a place of a function, "" for nothing.
func (c contractView) argument(f contract.Function, i int) string {
	if c.called == nil || c.called.signature != f.Signature || i >= len(c.called.args) {
		return ""
	}
	return c.called.args[i]
}
