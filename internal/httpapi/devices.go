package httpapi

import (
	"context"
	"time"

	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/share"
)

// WalletService keeps the server's parts of embedded wallets.
type WalletService interface {
	Create(ctx context.Context, u share.User, p share.WalletParams) (share.Wallet, error)
	ServerShare(ctx context.Context, u share.User, accountID, deviceID string) (share.Wallet, error)
	Register(ctx context.Context, u share.User, accountID, serverShare string, proof []byte) (share.Wallet, error)
	SwitchChain(ctx context.Context, u share.User, accountID string, chainID uint64) (account.Account, error)

	SaveRecovery(ctx context.Context, u share.User, r share.Recovery) error
	ReplaceRecovery(ctx context.Context, u share.User, r share.Recovery, deviceID string, proof []byte) error
	Recovery(ctx context.Context, u share.User, signerID string) (share.Recovery, error)
	// Signers answers those with one of the ids, or of one of the players.
	Signers(ctx context.Context, projectID string, ids, playerIDs []string) ([]share.Signer, error)

	MakeEntropy(ctx context.Context, projectID string) (part string, err error)
	OpenSession(ctx context.Context, projectID, part, playerID string) (sessionID string, err error)
	ProjectEntropy(ctx context.Context, u share.User, signerID, sessionID string) ([]byte, error)
}

// devices serves what the wallet page needs of the server beside the recovery
// share. Only a user may ask, for what is its own.
type devices struct {
	wallets WalletService
	refs    records
}

func (h devices) routes() []route {
	return []route{
		{method: "POST", pattern: "/v2/devices/create", access: onlyUser(), serve: h.create},
		{method: "POST", pattern: "/v2/devices/recover", access: onlyUser(), serve: h.recover},
		{method: "POST", pattern: "/v2/devices/register", access: onlyUser(), serve: h.register},
		{method: "POST", pattern: "/v2/accounts/switch-chain", access: onlyUser(), serve: h.switchChain},
		{method: "GET", pattern: "/v2/accounts/signer", access: onlyUser(), serve: h.signer},
	}
}

// owner is the caller in the words of the wallet service.
func (c *call) owner() share.User { return share.User{ProjectID: c.project(), PlayerID: c.user()} }

func (h devices) create(c *call) (any, error) {
	var req CreateEmbeddedRequest
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	if err := checkEmbedded(req); err != nil {
		return nil, err
	}
	owner, err := parseAddress("address", req.Address)
	if err != nil {
		return nil, err
	}
	proof, err := parseProof(req.Signature)
	if err != nil {
		return nil, err
	}
	w, err := h.wallets.Create(c.Context(), c.owner(), share.WalletParams{
		SignerID:           req.SignerUUID,
		Owner:              owner,
		Proof:              proof,
		Share:              req.Share,
		ChainID:            req.ChainID,
		Type:               account.Type(req.AccountType),
		ImplementationType: value(req.ImplementationType),
	})
	if err != nil {
		return nil, err
	}
	shown := EmbeddedV2Response{
		Account:               w.Account.ID,
		Signer:                w.Signer.ID,
		Device:                w.Device.ID,
		Address:               w.Account.Address.Hex(),
		OwnerAddress:          w.Account.Owner.Address.Hex(),
		AccountType:           string(w.Account.Type),
		ChainType:             chainTypeEVM,
		ChainID:               w.Account.ChainID,
		ImplementationType:    w.Account.ImplementationType,
		ImplementationAddress: w.Account.Implementation.Hex(),
	}
	if w.Account.Type == account.Smart {
		shown.FactoryAddress, shown.Salt = optional(w.Account.Factory.Hex()), optional(w.Account.Salt.Hex())
	}
	return shown, nil
}

// parseProof answers nil for "": what had to be signed, the service says.
func parseProof(signature string) ([]byte, error) {
	if signature == "" {
		return nil, nil
	}
	proof, err := hexutil.Decode(signature)
	if err != nil {
		return nil, fault.Field("signature", nil, "must be 0x and 130 hex digits")
	}
	return proof, nil
}

func checkEmbedded(req CreateEmbeddedRequest) error {
	if req.ChainType != chainTypeEVM {
		return fault.Field("chainType", echo(req.ChainType), "must be %s, is %s", chainTypeEVM, describeValue(req.ChainType))
	}
	if req.AccountType != string(account.Smart) && req.AccountType != string(account.Delegated) {
		return fault.Field("accountType", echo(req.AccountType), "must be %q or %q, is %s", account.Smart, account.Delegated, describeValue(req.AccountType))
	}
	return nil
}

func (h devices) recover(c *call) (any, error) {
	var req RecoverEmbeddedRequest
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	w, err := h.wallets.ServerShare(c.Context(), c.owner(), req.Account, value(req.Device))
	if err != nil {
		return nil, err
	}
	return showShare(w), nil
}

func (h devices) register(c *call) (any, error) {
	var req RegisterEmbeddedRequest
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	proof, err := parseProof(value(req.Signature))
	if err != nil {
		return nil, err
	}
	w, err := h.wallets.Register(c.Context(), c.owner(), req.Account, req.Share, proof)
	if err != nil {
		return nil, err
	}
	return showShare(w), nil
}

func showShare(w share.Wallet) EmbeddedShare {
	return EmbeddedShare{
		ID:            w.Device.ID,
		Account:       w.Account.ID,
		Signer:        w.Signer.ID,
		SignerAddress: w.Signer.Owner.Hex(),
		Share:         w.Share,
		IsPrimary:     w.Device.ID == w.Signer.Primary,
		User:          w.Signer.PlayerID,
		CreatedAt:     w.Device.CreatedAt.UTC().Format(time.RFC3339Nano),
		Address:       w.Account.Address.Hex(),
		AccountType:   string(w.Account.Type),
		ChainType:     chainTypeEVM,
		ChainID:       w.Account.ChainID,
	}
}

func (h devices) switchChain(c *call) (any, error) {
	var req SwitchChainRequest
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	a, err := h.wallets.SwitchChain(c.Context(), c.owner(), req.Account, req.ChainID)
	if err != nil {
		return nil, err
	}
	active, err := h.refs.accounts.Active(c.Context(), a)
	if err != nil {
		return nil, err
	}
	signers, err := h.refs.embedded(c, a)
	if err != nil {
		return nil, err
	}
	return showAccountV2(a, active[a.ID], signers), nil
}

func (h devices) signer(c *call) (any, error) {
	var q GetSignerParams
	if err := c.query(&q); err != nil {
		return nil, err
	}
	address, err := parseAddress("address", q.Address)
	if err != nil {
		return nil, err
	}
	mine, err := h.wallets.Signers(c.Context(), c.project(), nil, []string{c.user()})
	if err != nil {
		return nil, err
	}
	for _, s := range mine {
		if s.Owner == address {
			return SignerID{ID: s.ID}, nil
		}
	}
	return nil, fault.New(fault.NotFound, "you have no embedded wallet whose key has the address %s", address)
}
