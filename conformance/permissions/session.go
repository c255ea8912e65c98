package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/big"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/client"
	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/signer"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// session is a granted key, with what the chain was told of it.
type session struct {
	w      *world
	id     string
	key    *signer.Local
	chain  common.Hash // the session's id on chain
	packed []byte
	terms  permission.Permission
}

const month = 30 * 24 * 3600

// grant asks for a session with those terms and lets the owner authorise it.
// Terms that name no fee budget get a large one, so that the key can pay its
// own way past the server.
func (w *world) grant(ctx context.Context, terms map[string]any) (*session, error) {
	key, err := signer.Generate()
	if err != nil {
		return nil, err
	}
	now, err := w.now(ctx)
	if err != nil {
		return nil, err
	}
	body := map[string]any{
		"account": w.info.Account, "chainId": w.info.ChainID, "policy": w.info.Policy, "address": key.Address().Hex(),
		"validAfter": 0, "validUntil": now + month, "feeLimit": ether(1).String(),
	}
	maps.Copy(body, terms)
	var made client.Session
	if err := w.api.Post(ctx, "/v1/sessions", body, &made); err != nil {
		return nil, err
	}
	s := &session{w: w, id: made.ID, key: key}
	if err := s.ownerSigns(ctx, made); err != nil {
		return nil, err
	}
	return s, s.read(ctx)
}

func (s *session) ownerSigns(ctx context.Context, pending client.Session) error {
	if pending.NextAction == nil {
		return fmt.Errorf("%s has nothing to sign", pending.ID)
	}
	signature, err := s.w.owner.SignPersonal(ctx, pending.NextAction.Payload.SignableHash)
	if err != nil {
		return err
	}
	return s.w.api.PostPublic(ctx, "/v1/sessions/"+pending.ID+"/signature", map[string]any{"signature": hexutil.Encode(signature[:])}, &client.Session{})
}

// revoke closes the session through the API.
func (s *session) revoke(ctx context.Context) error {
	var pending client.Session
	body := map[string]any{"account": s.w.info.Account, "chainId": s.w.info.ChainID, "policy": s.w.info.Policy, "address": s.key.Address().Hex()}
	if err := s.w.api.Post(ctx, "/v1/sessions/revoke", body, &pending); err != nil {
		return err
	}
	return s.ownerSigns(ctx, pending)
}

var (
	entryPoint      = bindings.NewEntryPoint()
	accountContract = bindings.NewLatchkeyAccount()
	accountABI      = accountContract.GetABI()
)

// read finds the permission in the event that announced it.
func (s *session) read(ctx context.Context) error {
	logs, err := s.w.chain.FilterLogs(ctx, ethereum.FilterQuery{
		FromBlock: new(big.Int), Addresses: []common.Address{s.w.account},
		Topics: [][]common.Hash{{accountABI.Events["SessionRegistered"].ID}, nil, {common.BytesToHash(s.key.Address().Bytes())}},
	})
	if err != nil {
		return err
	}
	if len(logs) != 1 {
		return fmt.Errorf("%d sessions of key %s were registered on chain, expected 1", len(logs), s.key.Address())
	}
	event, err := accountContract.UnpackSessionRegisteredEvent(&logs[0])
	if err != nil {
		return err
	}
	s.chain, s.packed = event.SessionId, event.Permission
	s.terms, err = permission.Decode(s.packed)
	return err
}

// status is the session's status word on chain.
func (s *session) status(ctx context.Context) (permission.Status, error) {
	out, err := s.w.chain.CallContract(ctx, ethereum.CallMsg{To: &s.w.account, Data: accountContract.PackSessionStatus(s.chain)}, nil)
	if err != nil {
		return permission.Status{}, err
	}
	return permission.ParseStatus(new(big.Int).SetBytes(out)), nil
}

// straight is an operation that goes past the server.
type straight struct {
	calls []userop.Call
	// moment is what the signature names as the present; 0 is the chain's time
	// for a permission that needs one.
	moment uint64
	change func(*userop.Operation) // nil changes nothing
}

// Gas that is enough for whatever a row does.
var (
	verificationGas    = big.NewInt(2_000_000)
	callGas            = big.NewInt(1_000_000)
	preVerificationGas = big.NewInt(100_000)
	maxFeePerGas       = big.NewInt(2e9)
)

// operation builds an operation that the account pays for, in a nonce lane of
// its own.
func (s *session) operation(st straight) (*userop.Operation, error) {
	callData, err := callData(st.calls)
	if err != nil {
		return nil, err
	}
	lane, err := newLane()
	if err != nil {
		return nil, err
	}
	op := &userop.Operation{
		Sender: s.w.account, Nonce: userop.Nonce(lane, 0), CallData: callData,
		VerificationGasLimit: verificationGas, CallGasLimit: callGas, PreVerificationGas: preVerificationGas,
		MaxFeePerGas: maxFeePerGas, MaxPriorityFeePerGas: maxFeePerGas,
	}
	if st.change != nil {
		st.change(op)
	}
	return op, nil
}

func callData(calls []userop.Call) ([]byte, error) {
	if len(calls) == 1 {
		return userop.ExecuteCall(calls[0].Target, calls[0].Value, calls[0].Data)
	}
	return userop.ExecuteBatch(calls)
}

// bundle signs an operation with the session key and encodes the call of
// handleOps that carries it.
func (s *session) bundle(ctx context.Context, st straight) ([]byte, error) {
	op, err := s.operation(st)
	if err != nil {
		return nil, err
	}
	hash, err := op.Hash(s.w.info.ChainID, userop.EntryPoint)
	if err != nil {
		return nil, err
	}
	signature, err := s.key.SignHash(ctx, hash)
	if err != nil {
		return nil, err
	}
	way := userop.Session{Permission: s.packed, Moment: st.moment}
	if s.terms.NeedsMoment() && way.Moment == 0 {
		if way.Moment, err = s.w.now(ctx); err != nil {
			return nil, err
		}
	}
	op.Signature = way.Field(userop.Raw, signature[:])
	packed, err := op.Pack()
	if err != nil {
		return nil, err
	}
	return entryPoint.TryPackHandleOps([]bindings.PackedUserOperation{bindings.PackedUserOperation(packed)}, s.w.friend)
}

// sendStraight has the owner's EOA hand the operation to the EntryPoint. It
// answers the transaction, or the name of the error that refused it.
func (s *session) sendStraight(ctx context.Context, st straight) (tx common.Hash, refusal string, err error) {
	data, err := s.bundle(ctx, st)
	if err != nil {
		return common.Hash{}, "", err
	}
	receipt, err := s.w.send(ctx, &userop.EntryPoint, nil, data)
	if errors.Is(err, errReverted) {
		refusal, err := s.w.refusal(ctx, data, receipt.BlockNumber)
		return common.Hash{}, refusal, err
	}
	if err != nil {
		return common.Hash{}, "", err
	}
	return receipt.TxHash, "", executed(receipt.Logs)
}

// refusal calls the EntryPoint once more, in the state that the failed
// transaction met, and names what it reverts with.
func (w *world) refusal(ctx context.Context, data []byte, block *big.Int) (string, error) {
	call := ethereum.CallMsg{From: w.owner.Address(), To: &userop.EntryPoint, Data: data, Gas: 12_000_000}
	_, err := w.chain.CallContract(ctx, call, block)
	var reverted rpc.DataError
	if !errors.As(err, &reverted) {
		return "", fmt.Errorf("a transaction reverted, but its call does not: %w", err)
	}
	hex, _ := reverted.ErrorData().(string)
	raw, err := hexutil.Decode(hex)
	if err != nil {
		return "", fmt.Errorf("read revert data %q: %w", hex, err)
	}
	return errorName(raw), nil
}

// errorName is the account's error inside what the EntryPoint reverts with, or
// the EntryPoint's own reason when the account did not refuse.
func errorName(raw []byte) string {
	failed, err := entryPoint.UnpackError(raw)
	if err != nil {
		return hexutil.Encode(raw)
	}
	switch failed := failed.(type) {
	case *bindings.EntryPointFailedOpWithRevert:
		for name, e := range accountABI.Errors {
			if len(failed.Inner) >= 4 && bytes.Equal(failed.Inner[:4], e.ID[:4]) {
				return name
			}
		}
		return failed.Reason + " " + hexutil.Encode(failed.Inner)
	case *bindings.EntryPointFailedOp:
		return failed.Reason
	default:
		return fmt.Sprintf("%T", failed)
	}
}

// executed fails when the EntryPoint took an operation whose call failed.
func executed(logs []*types.Log) error {
	for _, log := range logs {
		event, err := entryPoint.UnpackUserOperationEventEvent(log)
		if err == nil && !event.Success {
			return fmt.Errorf("operation %s was taken, but its call failed", common.Hash(event.UserOpHash))
		}
	}
	return nil
}
