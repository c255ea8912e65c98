package httpapi

import (
	"context"
	"encoding/json"
	"time"

	"github.com/latchkey-dev/latchkey/internal/contract"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/page"
)

// ContractService keeps contracts and reads from them.
type ContractService interface {
	Create(ctx context.Context, projectID string, p contract.Params) (contract.Contract, error)
	Get(ctx context.Context, projectID, id string) (contract.Contract, error)
	List(ctx context.Context, projectID string, f contract.Filter, req page.Request) (page.Page[contract.Contract], error)
	Update(ctx context.Context, projectID, id string, p contract.Params) (contract.Contract, error)
	Delete(ctx context.Context, projectID, id string) error
	// Read calls a view function. Its result is ready for JSON.
	Read(ctx context.Context, projectID, id string, function string, args []any) (any, error)
}

type contracts struct {
	service ContractService
	now     func() time.Time
}

func (h contracts) routes() []route {
	return []route{
		{method: "POST", pattern: "/v1/contracts", access: secretKey("contracts:write"), create: true, serve: h.create},
		{method: "GET", pattern: "/v1/contracts", access: secretKey("contracts:read"), serve: h.list},
		{method: "GET", pattern: "/v1/contracts/{id}", access: secretKey("contracts:read"), serve: h.get},
		{method: "POST", pattern: "/v1/contracts/{id}", access: secretKey("contracts:write"), serve: h.update},
		{method: "DELETE", pattern: "/v1/contracts/{id}", access: secretKey("contracts:delete"), serve: h.delete},
		{method: "GET", pattern: "/v1/contracts/{id}/read", access: secretKey("contracts:read"), serve: h.read},
	}
}

func (h contracts) create(c *call) (any, error) {
	var req CreateContractRequest
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	address, err := parseAddress("address", req.Address)
	if err != nil {
		return nil, err
	}
	con, err := h.service.Create(c.Context(), c.project(), contract.Params{
		Name:               &req.Name,
		ChainID:            &req.ChainID,
		Address:            &address,
		ABI:                req.Abi,
		PublicVerification: req.PublicVerification,
	})
	if err != nil {
		return nil, err
	}
	return showContract(con), nil
}

func (h contracts) list(c *call) (any, error) {
	var q ListContractsParams
	if err := c.query(&q); err != nil {
		return nil, err
	}
	req, err := pageRequest(q.Limit, q.Skip, q.Order)
	if err != nil {
		return nil, err
	}
	address, err := filterAddress("address", q.Address)
	if err != nil {
		return nil, err
	}
	f := contract.Filter{Name: value(q.Name), ChainID: value(q.ChainID), Address: address}
	found, err := h.service.List(c.Context(), c.project(), f, req)
	if err != nil {
		return nil, err
	}
	return newList(c, found, func(con contract.Contract) (Contract, error) { return showContract(con), nil })
}

func (h contracts) get(c *call) (any, error) {
	contractID, err := c.id(id.Contract, "contract")
	if err != nil {
		return nil, err
	}
	con, err := h.service.Get(c.Context(), c.project(), contractID)
	if err != nil {
		return nil, err
	}
	return showContract(con), nil
}

func (h contracts) update(c *call) (any, error) {
	contractID, err := c.id(id.Contract, "contract")
	if err != nil {
		return nil, err
	}
	var req UpdateContractRequest
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	if value(req.Deleted) {
		return nil, fault.Field("deleted", true, "use DELETE %s", c.URL.Path)
	}
	p := contract.Params{Name: req.Name, ChainID: req.ChainID, ABI: req.Abi, PublicVerification: req.PublicVerification}
	if p.Address, err = parseOptionalAddress("address", req.Address); err != nil {
		return nil, err
	}
	con, err := h.service.Update(c.Context(), c.project(), contractID, p)
	if err != nil {
		return nil, err
	}
	return showContract(con), nil
}

func (h contracts) delete(c *call) (any, error) {
	contractID, err := c.id(id.Contract, "contract")
	if err != nil {
		return nil, err
	}
	if err := h.service.Delete(c.Context(), c.project(), contractID); err != nil {
		return nil, err
	}
	return deleted("contract", contractID), nil
}

func (h contracts) read(c *call) (any, error) {
	contractID, err := c.id(id.Contract, "contract")
	if err != nil {
		return nil, err
	}
	var q ReadContractParams
	if err := c.query(&q); err != nil {
		return nil, err
	}
	result, err := h.service.Read(c.Context(), c.project(), contractID, q.FunctionName, q.FunctionArgs)
	if err != nil {
		return nil, err
	}
	return ContractRead{
		ID:           contractID,
		Object:       "readContract",
		CreatedAt:    unix(h.now()),
		FunctionName: q.FunctionName,
		Result:       result,
	}, nil
}

func showContract(con contract.Contract) Contract {
	abi := con.ABI
	if len(abi) == 0 {
		abi = json.RawMessage("[]")
	}
	return Contract{
		ID:                 con.ID,
		Object:             "contract",
		CreatedAt:          unix(con.CreatedAt),
		Name:               con.Name,
		ChainID:            con.ChainID,
		Address:            con.Address.Hex(),
		Abi:                abi,
		PublicVerification: con.PublicVerification,
	}
}
