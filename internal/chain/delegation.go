package chain

import (
	"context"
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rpc"
)

// Delegates answers, in order, to whom accounts delegate by EIP-7702; zero for
// one that delegates to nobody.
func (c *Client) Delegates(ctx context.Context, accounts []common.Address) ([]common.Address, error) {
	codes := make([]hexutil.Bytes, len(accounts))
	requests := make([]rpc.BatchElem, len(accounts))
	for i, account := range accounts {
		requests[i] = rpc.BatchElem{Method: "eth_getCode", Args: []any{account, "latest"}, Result: &codes[i]}
	}
	if err := c.batch(ctx, fmt.Sprintf("read the delegates of %d accounts", len(accounts)), requests); err != nil {
		return nil, err
	}
	delegates := make([]common.Address, len(accounts))
	for i, code := range codes {
		delegates[i], _ = types.ParseDelegation(code)
	}
	return delegates, nil
}

// Untouched reports whether an account certainly has nothing in its storage, so
// that no delegate that it may have had left anything there. False says only
// that this cannot be shown: a node may not give proofs.
func (c *Client) Untouched(ctx context.Context, account common.Address) (bool, error) {
	var proof struct {
		StorageHash common.Hash `json:"storageHash"`
	}
	err := c.call(ctx, fmt.Sprintf("prove that account %s keeps nothing", account), &proof, "eth_getProof", account, []common.Hash{}, "latest")
	if _, refused := errors.AsType[rpc.Error](err); refused && !errors.Is(err, ErrUnavailable) {
		return false, nil
	}
	empty := proof.StorageHash == types.EmptyRootHash || proof.StorageHash == common.Hash{}
	return err == nil && empty, err
}
