package chain_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/chain"
	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// entryPointGas is what the EntryPoint spends around a validation, with the
// first write of a nonce lane.
const entryPointGas = 45_000

func (w *world) estimate(req chain.EstimateRequest) chain.Estimate {
	w.Helper()
	est, err := w.client.Estimate(w.Context(), req)
	w.must(err)
	return est
}

func (w *world) frameSucceeded(name string, f chain.Frame) {
	w.Helper()
	if !f.Success || f.GasUsed.Sign() == 0 {
		_, text := chain.DecodeRevert(f.Output)
		w.Errorf("%s: success %t, %d gas, %s", name, f.Success, f.GasUsed, text)
	}
}

// applied gives an operation the limits that an estimate asks for, so that it
// shows on chain whether they are enough.
func applied(op userop.Operation, est chain.Estimate) userop.Operation {
	verification := new(big.Int).Add(est.VerificationGas(), big.NewInt(entryPointGas))
	op.VerificationGasLimit = verification.Add(verification, est.Deployment.GasUsed)
	op.CallGasLimit = new(big.Int).Add(est.Execution.GasUsed, big.NewInt(10_000))
	return op
}

func TestEstimateIsEnoughOnChain(t *testing.T) {
	w := newWorld(t)
	fresh := w.counterfactual("fresh")
	w.succeed(w.send(fresh.address, ether(1), nil))
	for name, h := range map[string]home{"proxy": w.proxy("alice"), "delegated": w.delegated("bob"), "deploys itself": fresh} {
		for _, paid := range []bool{false, true} {
			op := w.operation(h, w.mint(h.address))
			if paid {
				w.sponsor.Stub(&op)
			}
			est := w.estimate(chain.EstimateRequest{Op: op, Signatures: [][]byte{userop.DummyOwnerSignature()}})
			w.frameSucceeded(name+": validation", est.Validations[0])
			w.frameSucceeded(name+": execution", est.Execution)
			if paid {
				w.frameSucceeded(name+": paymaster", est.Paymaster)
			}
			if deploys := est.Deployment.GasUsed.Sign() > 0; deploys != (op.Factory != common.Address{}) {
				t.Errorf("%s: %d gas for the deployment", name, est.Deployment.GasUsed)
			}
			op = applied(op, est)
			if paid {
				w.sponsored(&op)
			}
			w.ownerSign(&op, h)
			w.included(w.handle(op))
		}
	}
}

func TestEstimateOfASession(t *testing.T) {
	w := newWorld(t)
	for name, h := range map[string]home{"proxy": w.proxy("alice"), "delegated": w.delegated("bob")} {
		s := w.session(h, "minter")
		op := w.operation(h, w.mint(h.address))
		request := chain.EstimateRequest{Op: op, Signatures: [][]byte{userop.DummyOwnerSignature(), userop.Session{Permission: s.packed}.Dummy(common.Hash{})}}

		est := w.estimate(request)
		w.frameSucceeded(name+": owner", est.Validations[0])
		refused := est.Validations[1]
		if name, _ := chain.DecodeRevert(refused.Output); refused.Success || name != "SessionNotActive" {
			t.Errorf("%s: session before its registration: success %t, output %x", h.address, refused.Success, refused.Output)
		}

		request.AssumeActive = []common.Hash{s.id}
		est = w.estimate(request)
		w.frameSucceeded(name+": session that is being registered", est.Validations[1])
		if owner, session := est.Validations[0].GasUsed, est.Validations[1].GasUsed; session.Cmp(owner) <= 0 || est.VerificationGas().Cmp(session) != 0 {
			t.Errorf("%s: owner %d, session %d, dearest %d", name, owner, session, est.VerificationGas())
		}

		w.register(h, s)
		op = applied(w.operation(h, w.mint(h.address)), est)
		w.sessionSign(&op, s, userop.Raw)
		w.included(w.handle(op))
	}
}

func TestEstimateWithARelayerThatDeploys(t *testing.T) {
	w := newWorld(t)
	h := w.counterfactual("carol")
	s := w.session(h, "minter")
	op := w.operation(h, w.mint(h.address))
	op.Factory, op.FactoryData = common.Address{}, nil
	w.sponsor.Stub(&op)
	est := w.estimate(chain.EstimateRequest{
		Op: op, Signatures: [][]byte{userop.DummyOwnerSignature(), userop.Session{Permission: s.packed}.Dummy(common.Hash{})},
		Factory: bindings.FactoryAddress(), FactoryData: userop.CreateAccount(h.owner.Address(), common.Hash{}),
		AssumeActive: []common.Hash{s.id},
	})
	w.frameSucceeded("deployment", est.Deployment)
	w.frameSucceeded("owner", est.Validations[0])
	w.frameSucceeded("session", est.Validations[1])
	w.frameSucceeded("paymaster", est.Paymaster)
	w.frameSucceeded("execution", est.Execution)
}

func TestEstimateOfACallThatReverts(t *testing.T) {
	w := newWorld(t)
	alice := w.proxy("alice")
	op := w.operation(alice, w.mint(common.Address{})) // ERC-721 refuses the zero address
	est := w.estimate(chain.EstimateRequest{Op: op, Signatures: [][]byte{userop.DummyOwnerSignature()}})
	if est.Execution.Success {
		t.Fatal("minting to the zero address succeeded")
	}
	w.frameSucceeded("validation", est.Validations[0])
	name, text := chain.DecodeRevert(est.Execution.Output, []byte(bindings.DevNFTMetaData.ABI))
	if name != "ERC721InvalidReceiver" || !strings.Contains(text, "receiver 0x0000000000000000000000000000000000000000") {
		t.Errorf("decoded as %q, %q", name, text)
	}
	if name, text := chain.DecodeRevert(est.Execution.Output); name != "" || !strings.HasPrefix(text, "0x") {
		t.Errorf("without the contract's ABI decoded as %q, %q", name, text)
	}
}

func TestEstimateWithoutEntryPoint(t *testing.T) {
	client := bareChain(t)
	_, err := client.Estimate(t.Context(), chain.EstimateRequest{Op: userop.Operation{Sender: common.Address{1}}})
	if err == nil || !strings.Contains(err.Error(), "run latchkey deploy") {
		t.Errorf("estimate: %v", err)
	}
	if _, err := client.Deposit(t.Context(), common.Address{1}); err == nil || !strings.Contains(err.Error(), "run latchkey deploy") {
		t.Errorf("deposit: %v", err)
	}
	if _, err := client.Sequence(t.Context(), common.Address{1}, 0); err == nil || !strings.Contains(err.Error(), "run latchkey deploy") {
		t.Errorf("sequence: %v", err)
	}
}

// Grants of 255 contracts make signatures of 5 kB, of which an eth_call holds
// about 200.
func TestEstimateOfManySessions(t *testing.T) {
	w := newWorld(t)
	alice := w.proxy("alice")
	wide := permission.Permission{Signer: w.bundler.Address(), ValidUntil: permission.MaxTime, Contracts: []common.Address{bindings.DevNFTAddress()}}
	for i := range 254 {
		wide.Contracts = append(wide.Contracts, common.BigToAddress(big.NewInt(int64(1000+i))))
	}
	wide.Paymasters = []common.Address{w.sponsor.Address()}
	request := chain.EstimateRequest{Op: w.operation(alice, w.mint(alice.address)), Signatures: [][]byte{userop.DummyOwnerSignature()}}
	w.sponsor.Stub(&request.Op)
	for i := range 300 {
		wide.Salt = [8]byte{byte(i), byte(i >> 8)}
		packed, err := wide.Encode()
		w.must(err)
		request.Signatures = append(request.Signatures, userop.Session{Permission: packed}.Dummy(common.Hash{}))
		request.AssumeActive = append(request.AssumeActive, permission.ID(w.client.ChainID(), alice.address, 0, packed))
	}
	request.Signatures = append(request.Signatures, userop.DummyOwnerSignature())

	est := w.estimate(request)
	if len(est.Validations) != len(request.Signatures) {
		t.Fatalf("%d validations of %d signatures", len(est.Validations), len(request.Signatures))
	}
	for _, i := range []int{0, 1, 150, 300, 301} {
		w.frameSucceeded(fmt.Sprintf("signature %d", i), est.Validations[i])
	}
	w.frameSucceeded("execution", est.Execution)
	w.frameSucceeded("paymaster", est.Paymaster)
	if owner, session := est.Validations[301].GasUsed, est.Validations[300].GasUsed; session.Cmp(owner) <= 0 || est.VerificationGas().Cmp(session) < 0 {
		t.Errorf("owner %d, last session %d, dearest %d", owner, session, est.VerificationGas())
	}
}

func TestEstimateBeyondTheNodesGas(t *testing.T) {
	w := newWorld(t)
	alice := w.proxy("alice")
	op := w.operation(alice, w.mint(alice.address))
	op.CallData = append(op.CallData, bytes.Repeat([]byte{1}, 2<<20)...)
	_, err := w.client.Estimate(w.Context(), chain.EstimateRequest{Op: op, Signatures: [][]byte{userop.DummyOwnerSignature()}})
	if !errors.Is(err, chain.ErrOutOfGas) {
		t.Errorf("2 MB of call data: %.300v", err)
	}
}
