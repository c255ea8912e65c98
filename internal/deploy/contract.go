package deploy

import (
	"bytes"
	"context"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/latchkey-dev/latchkey/internal/bindings"
)

// contract is one contract to have on the chain.
type contract struct {
	name         string
	salt         common.Hash
	creationCode []byte          // with the constructor's arguments
	place        *common.Address // where the result wants its address
}

func (c contract) address() common.Address { return bindings.Create2(c.salt, c.creationCode) }

// checkDeployer finds out whether the chain has the CREATE2 proxy that gives
// contracts the same address everywhere.
func (r *run) checkDeployer(ctx context.Context) error {
	code, err := r.client.CodeAt(ctx, bindings.DeterministicDeployer, nil)
	if err != nil {
		return fmt.Errorf("read the code of the deterministic deployer: %w", err)
	}
	if len(code) == 0 {
		return fmt.Errorf("the deterministic deployer %s has no code on this chain: "+
			"publish it first with the presigned transaction of github.com/Arachnid/deterministic-deployment-proxy, then run deploy again",
			bindings.DeterministicDeployer)
	}
	return nil
}

// contract deploys c unless it is there, and compares its code either way.
func (r *run) contract(ctx context.Context, c contract) (Step, error) {
	step := Step{Name: c.name, Address: c.address()}
	code, err := r.client.CodeAt(ctx, step.Address, nil)
	if err != nil {
		return step, fmt.Errorf("read its code: %w", err)
	}
	if step.Existed = len(code) > 0; !step.Existed {
		receipt, err := r.sender.send(ctx, bindings.DeterministicDeployer, nil, append(c.salt.Bytes(), c.creationCode...))
		if err != nil {
			return step, err
		}
		step.Tx, step.GasUsed = receipt.TxHash, receipt.GasUsed
		if code, err = r.client.CodeAt(ctx, step.Address, nil); err != nil {
			return step, fmt.Errorf("read its code: %w", err)
		}
	}
	return step, r.checkCode(ctx, c, code)
}

func (r *run) checkCode(ctx context.Context, c contract, code []byte) error {
	want, err := r.runtimeCode(ctx, c)
	if err != nil {
		return err
	}
	if !bytes.Equal(code, want) {
		return fmt.Errorf("its code (%d bytes, hash %s) is not what this build deploys (%d bytes, hash %s): do not use this chain until it is known what is there",
			len(code), crypto.Keccak256Hash(code), len(want), crypto.Keccak256Hash(want))
	}
	return nil
}

// runtimeCode computes the code that c leaves at its address. Constructors
// write their own address and the chain id into it, so no constant would do:
// the creation code is run in a call, placed as code at that very address.
func (r *run) runtimeCode(ctx context.Context, c contract) ([]byte, error) {
	type override struct {
		Nonce hexutil.Uint64              `json:"nonce"`
		Code  hexutil.Bytes               `json:"code"`
		State map[common.Hash]common.Hash `json:"state"`
	}
	at := c.address()
	overrides := map[common.Address]override{
		// As in a real creation: first nonce, no storage.
		at: {Nonce: 1, Code: c.creationCode, State: map[common.Hash]common.Hash{}},
		// EntryPoint's constructor creates one contract, which must not meet the
		// one that an earlier deployment left.
		crypto.CreateAddress(at, 1): {Code: hexutil.Bytes{}, State: map[common.Hash]common.Hash{}},
	}
	call := map[string]any{"from": bindings.DeterministicDeployer, "to": at}
	var code hexutil.Bytes
	if err := r.client.Client().CallContext(ctx, &code, "eth_call", call, "latest", overrides); err != nil {
		return nil, fmt.Errorf("compute its expected code by eth_call with a state override: %w", err)
	}
	return code, nil
}
