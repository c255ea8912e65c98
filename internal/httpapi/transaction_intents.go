package httpapi

import (
	"context"
	"encoding/json"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// IntentService runs executions.
type IntentService interface {
	Create(ctx context.Context, projectID string, p intent.CreateParams) (intent.Intent, error)
	Cost(ctx context.Context, projectID string, p intent.CreateParams) (intent.Cost, error)
	Get(ctx context.Context, projectID, id string) (intent.Intent, error)
	List(ctx context.Context, projectID string, f intent.Filter, req page.Request) (page.Page[intent.Intent], error)
	Sign(ctx context.Context, projectID, id string, p intent.SignParams) (intent.Intent, error)
	AccountOperations
}

type intents struct {
	service IntentService
	records records
}

func (h intents) routes() []route {
	write, read := keyOrUser("transactions:write"), keyOrUser("transactions:read")
	return []route{
		{method: "POST", pattern: "/v1/transaction_intents", access: write, create: true, serve: h.create},
		{method: "POST", pattern: "/v1/transaction_intents/estimate_gas_cost", access: write, serve: h.cost},
		{method: "GET", pattern: "/v1/transaction_intents", access: read, serve: h.list},
		{method: "GET", pattern: "/v1/transaction_intents/{id}", access: read, serve: h.get},
		{method: "POST", pattern: "/v1/transaction_intents/{id}/signature", access: anyKey("transactions:write"), serve: h.sign},
	}
}

func (h intents) create(c *call) (any, error) {
	p, err := h.execution(c)
	if err != nil {
		return nil, err
	}
	in, err := h.service.Create(c.Context(), c.project(), p)
	if err != nil {
		return nil, err
	}
	return h.records.showIntent(c, in, nil)
}

func (h intents) cost(c *call) (any, error) {
	p, err := h.execution(c)
	if err != nil {
		return nil, err
	}
	cost, err := h.service.Cost(c.Context(), c.project(), p)
	if err != nil {
		return nil, err
	}
	return TransactionCost{
		EstimatedTXGas:    decimal(cost.Gas),
		EstimatedTXGasFee: decimal(cost.Fee()),
		GasPrice:          decimal(cost.GasPrice),
	}, nil
}

// execution reads the calls that a request asks for.
func (h intents) execution(c *call) (intent.CreateParams, error) {
	var req CreateTransactionIntentRequest
	if err := c.decode(&req); err != nil {
		return intent.CreateParams{}, err
	}
	if len(req.Interactions) == 0 {
		return intent.CreateParams{}, fault.Field("interactions", nil, "must have at least one entry")
	}
	owner, err := parseOptionalAddress("externalOwnerAddress", req.ExternalOwnerAddress)
	if err != nil {
		return intent.CreateParams{}, err
	}
	player, err := h.records.owner(c, req.Account, req.Player)
	if err != nil {
		return intent.CreateParams{}, err
	}
	p := intent.CreateParams{
		AccountID:     value(req.Account),
		PlayerID:      player,
		ExternalOwner: owner,
		ChainID:       req.ChainID,
		PolicyID:      value(req.Policy),
		Optimistic:    value(req.Optimistic),
	}
	if p.SignedAuthorization, err = parseAuthorization(req.SignedAuthorization); err != nil {
		return intent.CreateParams{}, err
	}
	for _, in := range req.Interactions {
		p.Interactions = append(p.Interactions, callParams(in))
	}
	return p, nil
}

func callParams(in Interaction) intent.CallParams {
	return intent.CallParams{
		To:         value(in.To),
		Value:      value(in.Value),
		Contract:   value(in.Contract),
		Function:   value(in.FunctionName),
		Args:       in.FunctionArgs,
		Data:       value(in.Data),
		DataSuffix: value(in.DataSuffix),
	}
}

func (h intents) list(c *call) (any, error) {
	var q ListTransactionIntentsParams
	if err := c.query(&q); err != nil {
		return nil, err
	}
	if c.URL.Query().Has("status") {
		return nil, fault.Field("status", nil, "is not offered yet as a filter; look at response.status of the answers")
	}
	req, err := pageRequest(q.Limit, q.Skip, q.Order)
	if err != nil {
		return nil, err
	}
	exp, err := expand(q.Expand, "account", "player", "policy")
	if err != nil {
		return nil, err
	}
	if err := onlyKeys(c, exp); err != nil {
		return nil, err
	}
	f := intent.Filter{
		AccountIDs: q.Account,
		PlayerIDs:  q.Player,
		PolicyIDs:  q.Policy,
		SessionID:  value(q.Session),
		ChainID:    value(q.ChainID),
	}
	if c.user() != "" {
		f.PlayerIDs = []string{c.user()}
	}
	found, err := h.service.List(c.Context(), c.project(), f, req)
	if err != nil {
		return nil, err
	}
	return newList(c, found, func(in intent.Intent) (TransactionIntent, error) { return h.records.showIntent(c, in, exp) })
}

func (h intents) get(c *call) (any, error) {
	intentID, err := c.id(id.Intent, "transaction intent")
	if err != nil {
		return nil, err
	}
	var q GetTransactionIntentParams
	if err := c.query(&q); err != nil {
		return nil, err
	}
	exp, err := expand(q.Expand, "account", "player", "policy")
	if err != nil {
		return nil, err
	}
	if err := onlyKeys(c, exp); err != nil {
		return nil, err
	}
	in, err := h.service.Get(c.Context(), c.project(), intentID)
	if err != nil {
		return nil, err
	}
	if err := c.mine(in.PlayerID, "transaction intent", intentID); err != nil {
		return nil, err
	}
	return h.records.showIntent(c, in, exp)
}

func (h intents) sign(c *call) (any, error) {
	intentID, err := c.id(id.Intent, "transaction intent")
	if err != nil {
		return nil, err
	}
	signature, optimistic, err := decodeSignature(c)
	if err != nil {
		return nil, err
	}
	in, err := h.service.Sign(c.Context(), c.project(), intentID, intent.SignParams{Signature: signature, Optimistic: optimistic})
	if err != nil {
		return nil, neverUnauthorized(err)
	}
	return h.records.showIntent(c, in, nil)
}

func (s records) showIntent(c *call, in intent.Intent, exp expansion) (shown TransactionIntent, err error) {
	hash := in.OperationHash.Hex()
	shown = TransactionIntent{
		ID:                in.ID,
		Object:            "transactionIntent",
		CreatedAt:         unix(in.CreatedAt),
		UpdatedAt:         unix(in.UpdatedAt),
		ChainID:           in.ChainID,
		AbstractionType:   "accountAbstractionV8",
		Details:           &TransactionDetails{UserOperation: showOperation(in.Operation), UserOperationHash: hash},
		UserOperationHash: &hash,
		Interactions:      showInteractions(in.Interactions),
		Transitions:       showTransitions(in.Transitions),
		Response:          showResponse(in),
	}
	if in.Status == intent.Waiting {
		shown.NextAction = showNextAction(in.OperationHash, &in.Operation, nil, in.ExpiresAt)
	}
	if shown.Account, err = s.account(c, in.AccountID, exp.has("account")); err != nil {
		return TransactionIntent{}, err
	}
	if in.PlayerID != "" {
		if shown.Player, err = s.player(c, in.PlayerID, exp.has("player")); err != nil {
			return TransactionIntent{}, err
		}
	}
	if in.PolicyID != "" {
		if shown.Policy, err = s.policy(c, in.PolicyID, exp.has("policy")); err != nil {
			return TransactionIntent{}, err
		}
	}
	return shown, nil
}

// showNextAction gives the one hash under every name that clients read. It is
// that of an operation, or of typed data.
func showNextAction(hash common.Hash, op *userop.Operation, typedData json.RawMessage, expiresAt uint64) *NextAction {
	shown := &NextAction{
		Type: "sign_with_wallet",
		Payload: NextActionPayload{
			SignableHash:      hash.Hex(),
			UserOperationHash: hash.Hex(),
			UserOpHash:        hash.Hex(),
			TypedData:         typedData,
			ExpiresAt:         expiresAt,
		},
	}
	if op != nil {
		operation := showOperation(*op)
		shown.Payload.UserOperation, shown.Payload.UserOp = &operation, &operation
	}
	return shown
}

func showOperation(op userop.Operation) UserOperation {
	shown := UserOperation{
		Sender:               op.Sender.Hex(),
		Nonce:                quantity(op.Nonce),
		CallData:             hexutil.Encode(op.CallData),
		CallGasLimit:         quantity(op.CallGasLimit),
		VerificationGasLimit: quantity(op.VerificationGasLimit),
		PreVerificationGas:   quantity(op.PreVerificationGas),
		MaxFeePerGas:         quantity(op.MaxFeePerGas),
		MaxPriorityFeePerGas: quantity(op.MaxPriorityFeePerGas),
	}
	if op.Factory != (common.Address{}) {
		shown.Factory = optional(op.Factory.Hex())
		shown.FactoryData = optional(hexutil.Encode(op.FactoryData))
	}
	if op.Paymaster != (common.Address{}) {
		shown.Paymaster = optional(op.Paymaster.Hex())
		shown.PaymasterVerificationGasLimit = optional(quantity(op.PaymasterVerificationGasLimit))
		shown.PaymasterPostOpGasLimit = optional(quantity(op.PaymasterPostOpGasLimit))
		shown.PaymasterData = optional(hexutil.Encode(op.PaymasterData))
	}
	if len(op.Signature) > 0 { // empty, not 0x, as clients know it
		shown.Signature = hexutil.Encode(op.Signature)
	}
	return shown
}

func showInteractions(interactions []intent.Interaction) []Interaction {
	shown := make([]Interaction, len(interactions))
	for i, in := range interactions {
		shown[i] = Interaction{
			To:           optional(in.To.Hex()),
			Contract:     optional(in.Contract),
			FunctionName: optional(in.Function),
			FunctionArgs: in.Args,
		}
		if in.Value != nil && in.Value.Sign() != 0 {
			shown[i].Value = optional(in.Value.String())
		}
		if len(in.Data) > 0 {
			shown[i].Data = optional(hexutil.Encode(in.Data))
		}
	}
	return shown
}

func showTransitions(transitions []intent.Transition) []Transition {
	shown := make([]Transition, len(transitions))
	for i, t := range transitions {
		shown[i] = Transition{FromStatus: t.From, ToStatus: t.To, At: unix(t.At)}
	}
	return shown
}

// showResponse answers nil until nothing more will happen to the intent:
// clients read a missing response as pending.
func showResponse(in intent.Intent) *TransactionResponse {
	if !in.Final() {
		return nil
	}
	shown := &TransactionResponse{CreatedAt: unix(in.UpdatedAt), Error: showFailure(in)}
	out := in.Outcome
	if out == nil {
		return shown
	}
	if out.Success {
		shown.Status = 1
	}
	shown.CreatedAt = int64(out.BlockTime)
	shown.BlockNumber = &out.BlockNumber
	shown.TransactionHash = optional(out.TxHash.Hex())
	shown.To = optional(out.To.Hex())
	shown.GasUsed = amount(out.GasUsed)
	shown.GasFee = amount(out.GasFee)
	shown.Logs = showLogs(out.Logs)
	return shown
}

func amount(n *big.Int) *string { return optional(decimal(n)) }

func showFailure(in intent.Intent) *TransactionError {
	switch {
	case in.Failure != nil:
		return showReason(*in.Failure)
	case in.Status == intent.Expired:
		return &TransactionError{Reason: "not signed in time", Explanation: &TransactionErrorExplanation{
			Cause:    "No signature came before nextAction.payload.expiresAt.",
			Solution: "Create it again and sign it in time.",
		}}
	case in.Status == intent.Withdrawn:
		return &TransactionError{Reason: "replaced before it was signed"}
	default:
		return nil
	}
}

func showReason(f intent.Failure) *TransactionError {
	shown := &TransactionError{Reason: f.Reason, Name: optional(f.Name)}
	if f.Cause != "" || f.Solution != "" {
		shown.Explanation = &TransactionErrorExplanation{Cause: f.Cause, Solution: f.Solution}
	}
	return shown
}

func showLogs(logs []*types.Log) []TransactionLog {
	shown := make([]TransactionLog, len(logs))
	for i, l := range logs {
		topics := make([]string, len(l.Topics))
		for j, topic := range l.Topics {
			topics[j] = topic.Hex()
		}
		shown[i] = TransactionLog{
			BlockNumber:      l.BlockNumber,
			BlockHash:        l.BlockHash.Hex(),
			TransactionIndex: uint64(l.TxIndex),
			Removed:          l.Removed,
			Address:          l.Address.Hex(),
			Data:             hexutil.Encode(l.Data),
			Topics:           topics,
			TransactionHash:  l.TxHash.Hex(),
			LogIndex:         uint64(l.Index),
		}
	}
	return shown
}
