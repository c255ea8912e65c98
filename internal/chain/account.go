package chain

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// accountSlot is where LatchkeyAccount keeps its owner (160 bits, low), epoch
// (64 bits) and kind of owner (8 bits), by ERC-7201. The mappings of sessions and of their rules'
// counters have the slots after it.
var (
	accountSlot  = common.HexToHash("0xcaf2a002cc16fc3c70fff6edb6262e5041ac8e964ca0b3f4db33821128ef9f00")
	sessionsSlot = common.BigToHash(new(big.Int).Add(accountSlot.Big(), common.Big1))
	countersSlot = common.BigToHash(new(big.Int).Add(accountSlot.Big(), common.Big2))
)

// sessionSlot is where an account keeps the status word of a session.
func sessionSlot(id common.Hash) common.Hash { return entrySlot(id, sessionsSlot) }

// entrySlot is where Solidity keeps an entry of the mapping at slot.
func entrySlot(key, slot common.Hash) common.Hash { return crypto.Keccak256Hash(key[:], slot[:]) }

// Account is what the chain says of an account.
type Account struct {
	Deployed bool           // it has code, its own or a delegate's
	Delegate common.Address // of an EIP-7702 delegated EOA; zero for others
	Owner    userop.Owner   // zero before deployment; a delegated EOA owns itself
	Epoch    uint64
}

// Account reads an account straight from its storage, deployed or not.
func (c *Client) Account(ctx context.Context, address common.Address) (Account, error) {
	var code hexutil.Bytes
	var word common.Hash
	err := c.batch(ctx, fmt.Sprintf("read account %s", address), []rpc.BatchElem{
		{Method: "eth_getCode", Args: []any{address, "latest"}, Result: &code},
		{Method: "eth_getStorageAt", Args: []any{address, accountSlot, "latest"}, Result: &word},
	})
	if err != nil {
		return Account{}, err
	}
	return accountOf(address, code, word), nil
}

// accountOf reads an account's code and slot.
func accountOf(address common.Address, code []byte, slot common.Hash) Account {
	account := Account{Deployed: len(code) > 0}
	account.Owner, account.Epoch = ownerAndEpoch(slot)
	if delegate, ok := types.ParseDelegation(code); ok {
		account.Delegate = delegate
		if account.Owner.Address == (common.Address{}) {
			account.Owner = userop.OwnerAt(address)
		}
	}
	return account
}

// ownerAndEpoch reads kind (byte 3), epoch (4 to 11) and address. The account
// does not keep the key itself.
func ownerAndEpoch(word common.Hash) (userop.Owner, uint64) {
	owner := userop.Owner{Address: common.BytesToAddress(word[12:]), Kind: userop.SignerType(word[3])}
	return owner, binary.BigEndian.Uint64(word[4:12])
}

// Epoch is the account's epoch: 0 before deployment, and one more after every
// change that ended all its sessions.
func (c *Client) Epoch(ctx context.Context, account common.Address) (uint64, error) {
	state, err := c.Account(ctx, account)
	return state.Epoch, err
}

// SessionWords reads the status words of an account's sessions, in order; 0
// for one that the account does not know.
func (c *Client) SessionWords(ctx context.Context, account common.Address, ids []common.Hash) ([]*big.Int, error) {
	return c.mappingWords(ctx, account, sessionsSlot, ids)
}

// CounterWords reads the counters that an account keeps for rules of sessions,
// by their keys, in order; 0 for one that was never used.
func (c *Client) CounterWords(ctx context.Context, account common.Address, keys []common.Hash) ([]*big.Int, error) {
	return c.mappingWords(ctx, account, countersSlot, keys)
}

// mappingWords reads entries of the mapping at slot of an account's storage.
func (c *Client) mappingWords(ctx context.Context, account common.Address, slot common.Hash, keys []common.Hash) ([]*big.Int, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	words := make([]common.Hash, len(keys))
	requests := make([]rpc.BatchElem, len(keys))
	for i, key := range keys {
		requests[i] = rpc.BatchElem{Method: "eth_getStorageAt", Args: []any{account, entrySlot(key, slot), "latest"}, Result: &words[i]}
	}
	if err := c.batch(ctx, fmt.Sprintf("read sessions of %s", account), requests); err != nil {
		return nil, err
	}
	out := make([]*big.Int, len(keys))
	for i, word := range words {
		out[i] = word.Big()
	}
	return out, nil
}

// SessionQuery names what to read of one account: status words by session id,
// counters by their keys.
type SessionQuery struct {
	Account            common.Address
	Sessions, Counters []common.Hash
}

// SessionAnswer is what was read. Words that the chain does not have are zero.
type SessionAnswer struct {
	Account            Account
	Nonce              uint64 // of the account's own transactions
	Sessions, Counters []*big.Int
}

// maxBatch bounds the requests in one batch: nodes take a hundred.
const maxBatch = 100

// ReadSessions reads sessions of many accounts in as few requests as nodes
// allow. All words of an account are of one request, unless they alone exceed
// what that can hold.
func (c *Client) ReadSessions(ctx context.Context, queries []SessionQuery) ([]SessionAnswer, error) {
	answers := make([]SessionAnswer, len(queries))
	var requests []rpc.BatchElem
	var taken []func()
	send := func() error {
		if err := c.batch(ctx, "read sessions", requests); err != nil {
			return err
		}
		for _, take := range taken {
			take()
		}
		requests, taken = nil, nil
		return nil
	}
	for i, q := range queries {
		more, take := q.requests(&answers[i])
		if len(requests) > 0 && len(requests)+len(more) > maxBatch {
			if err := send(); err != nil {
				return nil, err
			}
		}
		requests, taken = append(requests, more...), append(taken, take)
	}
	return answers, send()
}

// requests answers what to send for a query, and what then fills in its answer.
func (q SessionQuery) requests(a *SessionAnswer) (requests []rpc.BatchElem, take func()) {
	var code hexutil.Bytes
	var slot common.Hash
	var nonce hexutil.Uint64
	words := make([]common.Hash, len(q.Sessions)+len(q.Counters))
	requests = []rpc.BatchElem{
		{Method: "eth_getCode", Args: []any{q.Account, "latest"}, Result: &code},
		{Method: "eth_getStorageAt", Args: []any{q.Account, accountSlot, "latest"}, Result: &slot},
		{Method: "eth_getTransactionCount", Args: []any{q.Account, "latest"}, Result: &nonce},
	}
	read := func(key, mapping common.Hash, word *common.Hash) {
		requests = append(requests, rpc.BatchElem{Method: "eth_getStorageAt", Args: []any{q.Account, entrySlot(key, mapping), "latest"}, Result: word})
	}
	for i, id := range q.Sessions {
		read(id, sessionsSlot, &words[i])
	}
	for i, key := range q.Counters {
		read(key, countersSlot, &words[len(q.Sessions)+i])
	}
	return requests, func() {
		a.Account, a.Nonce = accountOf(q.Account, code, slot), uint64(nonce)
		for i, word := range words {
			if i < len(q.Sessions) {
				a.Sessions = append(a.Sessions, word.Big())
			} else {
				a.Counters = append(a.Counters, word.Big())
			}
		}
	}
}

// Code is the code at an address, empty when there is none.
func (c *Client) Code(ctx context.Context, address common.Address) ([]byte, error) {
	var code hexutil.Bytes
	err := c.call(ctx, fmt.Sprintf("read the code of %s", address), &code, "eth_getCode", address, "latest")
	return code, err
}

// Balance is what an address holds, in wei.
func (c *Client) Balance(ctx context.Context, address common.Address) (*big.Int, error) {
	var balance hexutil.Big
	err := c.call(ctx, fmt.Sprintf("read the balance of %s", address), &balance, "eth_getBalance", address, "latest")
	return bigOf(&balance), err
}

// Deposit is what an address has at the EntryPoint to pay for operations, in wei.
func (c *Client) Deposit(ctx context.Context, address common.Address) (*big.Int, error) {
	output, err := c.Call(ctx, common.Address{}, bindings.EntryPointAddress, bindings.NewEntryPoint().PackBalanceOf(address))
	if err != nil {
		return nil, fmt.Errorf("read the deposit of %s: %w", address, err)
	}
	return unpackEntryPoint(bindings.NewEntryPoint().UnpackBalanceOf, output)
}

// Funds is what an account can pay fees from: its balance and its deposit at
// the EntryPoint, in wei.
func (c *Client) Funds(ctx context.Context, address common.Address) (*big.Int, error) {
	balance, err := c.Balance(ctx, address)
	if err != nil {
		return nil, err
	}
	deposit, err := c.Deposit(ctx, address)
	if err != nil {
		return nil, err
	}
	return balance.Add(balance, deposit), nil
}

// Sequence is the number that the EntryPoint expects next in a nonce lane of
// the account.
func (c *Client) Sequence(ctx context.Context, sender common.Address, lane uint64) (uint64, error) {
	data := bindings.NewEntryPoint().PackGetNonce(sender, new(big.Int).SetUint64(lane))
	output, err := c.Call(ctx, common.Address{}, bindings.EntryPointAddress, data)
	if err != nil {
		return 0, fmt.Errorf("read nonce lane %d of %s: %w", lane, sender, err)
	}
	nonce, err := unpackEntryPoint(bindings.NewEntryPoint().UnpackGetNonce, output)
	if err != nil {
		return 0, err
	}
	const sequenceBits = 64
	return new(big.Int).And(nonce, new(big.Int).SetUint64(1<<sequenceBits-1)).Uint64(), nil
}

// unpackEntryPoint reads an answer of the EntryPoint. A chain without it
// answers every call with nothing.
func unpackEntryPoint[T any](unpack func([]byte) (T, error), output []byte) (T, error) {
	result, err := unpack(output)
	if err != nil {
		return result, fmt.Errorf("the chain has no EntryPoint at %s (%w): run latchkey deploy", bindings.EntryPointAddress, err)
	}
	return result, nil
}
