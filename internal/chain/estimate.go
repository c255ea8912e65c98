package chain

import (
	"context"
	"fmt"
	"math/big"
	"sync"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// EstimateRequest asks what an operation would use, under each of several
// signature fields, none of which needs to be genuine.
type EstimateRequest struct {
	Op         userop.Operation
	Signatures [][]byte

	// Factory and FactoryData create the account first, when somebody else than
	// the operation will. Zero when it exists, or when Op creates it itself.
	Factory     common.Address
	FactoryData []byte

	// Delegate is whose code the account is taken to run, because an EIP-7702
	// authorization comes with the operation. Zero for its own.
	Delegate common.Address

	// AssumeActive are sessions that are taken as registered and unused, because
	// their registration is still on its way.
	AssumeActive []common.Hash
}

// Frame is what one call did in a simulation.
type Frame struct {
	Success bool
	GasUsed *big.Int
	Output  []byte // or revert data
}

// Estimate is what the parts of an operation used, each run on its own. The
// EntryPoint's own work around them is not in the figures.
type Estimate struct {
	Deployment  Frame   // of the account; zero gas when it existed
	Validations []Frame // one for each signature. A failed one broke a rule; a wrong signature succeeds
	Paymaster   Frame   // zero gas when the operation names none
	Execution   Frame
}

// VerificationGas is the gas of the dearest validation.
func (e Estimate) VerificationGas() *big.Int {
	dearest := new(big.Int)
	for _, v := range e.Validations {
		if v.GasUsed.Cmp(dearest) > 0 {
			dearest = v.GasUsed
		}
	}
	return dearest
}

// activeWord is the status word of a session that is registered and unused.
var activeWord = common.BigToHash(common.Big1)

// override replaces parts of an account's state for one eth_call.
type override struct {
	Code      hexutil.Bytes               `json:"code,omitempty"`
	StateDiff map[common.Hash]common.Hash `json:"stateDiff,omitempty"`
}

// Estimate simulates an operation on the newest state: the probe stands in for
// the EntryPoint, and calls account and paymaster as it would. Signatures that
// are too many for one eth_call are tried in several. It answers ErrOutOfGas
// when the node gives a call less gas than the operation needs.
func (c *Client) Estimate(ctx context.Context, req EstimateRequest) (Estimate, error) {
	name := fmt.Sprintf("simulate an operation of %s", req.Op.Sender)
	overrides, err := c.probeOverrides(ctx, req)
	if err != nil {
		return Estimate{}, fmt.Errorf("%s: %w", name, err)
	}
	missing, err := c.missingFunds(ctx, req.Op)
	if err != nil {
		return Estimate{}, fmt.Errorf("%s: %w", name, err)
	}
	var whole Estimate
	for i, signatures := range portions(req) {
		req.Signatures = signatures
		data, err := c.packProbe(req, missing)
		if err != nil {
			return Estimate{}, fmt.Errorf("%s: %w", name, err)
		}
		part, err := c.probe(ctx, name, data, overrides)
		if err != nil {
			return Estimate{}, err
		}
		if i == 0 {
			whole = part
			continue
		}
		whole.Validations = append(whole.Validations, part.Validations...)
	}
	return whole, nil
}

// Nodes give an eth_call about as much gas as a block has. The probe pays for
// each signature as data, and for memory that it never frees: for the
// signature, and for the call data that goes with each.
const (
	portionBytes   = 256 << 10 // of signatures and call data in one eth_call
	signatureBytes = 8 << 10   // what a signature counts in it for being verified
)

// portions divides the signatures among several calls. There is always one.
func portions(req EstimateRequest) [][][]byte {
	all, first, bytes := [][][]byte{}, 0, 0
	for i, signature := range req.Signatures {
		weight := signatureBytes + len(signature) + len(req.Op.CallData)
		if i > first && bytes+weight > portionBytes {
			all = append(all, req.Signatures[first:i])
			first, bytes = i, 0
		}
		bytes += weight
	}
	return append(all, req.Signatures[first:])
}

func (c *Client) probe(ctx context.Context, name string, data []byte, overrides map[common.Address]override) (Estimate, error) {
	var output hexutil.Bytes
	message := map[string]any{"to": bindings.EntryPointAddress, "input": hexutil.Bytes(data)}
	if err := c.call(ctx, name, &output, "eth_call", message, "latest", overrides); err != nil {
		return Estimate{}, outOfGas(err)
	}
	result, err := bindings.NewLatchkeyProbe().UnpackProbe(output)
	if err != nil {
		return Estimate{}, fmt.Errorf("%s: read the answer (does the node support state overrides?): %w", name, err)
	}
	return newEstimate(result), nil
}

func (c *Client) packProbe(req EstimateRequest, missing *big.Int) ([]byte, error) {
	packed, err := req.Op.Pack()
	if err != nil {
		return nil, err
	}
	hash, err := req.Op.Hash(c.chainID, bindings.EntryPointAddress)
	if err != nil {
		return nil, err
	}
	factory, factoryData := req.Factory, req.FactoryData
	if factory == (common.Address{}) {
		factory, factoryData = req.Op.Factory, req.Op.FactoryData
	}
	return bindings.NewLatchkeyProbe().TryPackProbe(bindings.PackedUserOperation(packed), hash, missing, req.Signatures, factory, factoryData)
}

// missingFunds decides whether the account has to pay in during validation,
// which costs gas. The sum does not matter: one wei walks the same path.
func (c *Client) missingFunds(ctx context.Context, op userop.Operation) (*big.Int, error) {
	if op.Paymaster != (common.Address{}) {
		return new(big.Int), nil
	}
	balance, err := c.Balance(ctx, op.Sender)
	if err != nil || balance.Sign() == 0 {
		return new(big.Int), err // it pays from its deposit, or not at all
	}
	return big.NewInt(1), nil
}

func (c *Client) probeOverrides(ctx context.Context, req EstimateRequest) (map[common.Address]override, error) {
	entryPoint, err := c.entryPoint.get(ctx, c, bindings.EntryPointAddress)
	if err != nil {
		return nil, err
	}
	overrides := map[common.Address]override{
		bindings.EntryPointAddress: {Code: bindings.ProbeRuntime()},
		bindings.RealEntryPoint:    {Code: entryPoint},
	}
	if account := accountOverride(req); account.Code != nil || account.StateDiff != nil {
		overrides[req.Op.Sender] = account
	}
	return overrides, nil
}

func accountOverride(req EstimateRequest) (account override) {
	if req.Delegate != (common.Address{}) {
		account.Code = types.AddressToDelegation(req.Delegate)
	}
	if len(req.AssumeActive) > 0 {
		account.StateDiff = make(map[common.Hash]common.Hash, len(req.AssumeActive))
	}
	for _, id := range req.AssumeActive {
		account.StateDiff[sessionSlot(id)] = activeWord
	}
	return account
}

func newEstimate(r bindings.LatchkeyProbeResult) Estimate {
	validations := make([]Frame, len(r.Validations))
	for i, v := range r.Validations {
		validations[i] = Frame(v)
	}
	return Estimate{
		Deployment:  Frame(r.Deployment),
		Validations: validations,
		Paymaster:   Frame(r.Paymaster),
		Execution:   Frame(r.Execution),
	}
}

// codeCache keeps one contract's code once it is known: deployed code does not
// change.
type codeCache struct {
	mu   sync.Mutex
	code []byte
}

func (k *codeCache) get(ctx context.Context, c *Client, address common.Address) ([]byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.code != nil {
		return k.code, nil
	}
	code, err := c.Code(ctx, address)
	if err != nil {
		return nil, err
	}
	if len(code) == 0 {
		return nil, fmt.Errorf("chain %d has no EntryPoint at %s: run latchkey deploy", c.chainID, address)
	}
	k.code = code
	return code, nil
}
