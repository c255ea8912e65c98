package httpapi

import (
	"context"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/user"
)

// EthereumService lets users in by an Ethereum account's signature.
type EthereumService interface {
	WalletNonce(ctx context.Context, projectID string, wallet common.Address, c user.Client) (string, error)
	LogInWallet(ctx context.Context, projectID string, p user.WalletParams, c user.Client) (user.Entry, error)
	LinkWallet(ctx context.Context, projectID, userID string, p user.WalletParams, c user.Client) error
}

// walletSignIn serves Sign-In with Ethereum (ERC-4361).
type walletSignIn struct{ service EthereumService }

func (h walletSignIn) routes() []route {
	const base = "/iam/v2/auth"
	return []route{
		{method: "POST", pattern: base + "/siwe/nonce", access: anyPage(), plain: true, serve: h.nonce},
		{method: "POST", pattern: base + "/siwe/verify", access: anyPage(), plain: true, serve: h.logIn},
		{method: "POST", pattern: base + "/link-siwe/nonce", access: onlyUser(), plain: true, serve: h.nonce},
		{method: "POST", pattern: base + "/link-siwe/verify", access: onlyUser(), plain: true, serve: h.link},
	}
}

func (h walletSignIn) nonce(c *call) (any, error) {
	var req WalletNonceRequest
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	wallet, err := parseAddress("walletAddress", req.WalletAddress)
	if err != nil {
		return nil, err
	}
	nonce, err := h.service.WalletNonce(c.Context(), c.project(), wallet, c.client())
	if err != nil {
		return nil, err
	}
	return WalletNonce{Nonce: nonce}, nil
}

func (h walletSignIn) logIn(c *call) (any, error) {
	p, err := walletParams(c)
	if err != nil {
		return nil, err
	}
	e, err := h.service.LogInWallet(c.Context(), c.project(), p, c.client())
	if err != nil {
		return nil, err
	}
	shown := showUser(e.User)
	shown.WalletAddress = optional(p.Wallet.Hex())
	return WalletSignedIn{Success: true, Token: e.Token, User: shown}, nil
}

func (h walletSignIn) link(c *call) (any, error) {
	p, err := walletParams(c)
	if err != nil {
		return nil, err
	}
	if err := h.service.LinkWallet(c.Context(), c.project(), c.user(), p, c.client()); err != nil {
		return nil, err
	}
	return WalletLinked{Success: true, WalletAddress: p.Wallet.Hex()}, nil
}

func walletParams(c *call) (p user.WalletParams, err error) {
	var req WalletSignInRequest
	if err := c.decode(&req); err != nil {
		return p, err
	}
	p = user.WalletParams{
		Message:   req.Message,
		Signature: req.Signature,
		Details:   user.Details{Client: clip(value(req.WalletClientType)), Connector: clip(value(req.ConnectorType))},
	}
	p.Wallet, err = parseAddress("walletAddress", req.WalletAddress)
	return p, err
}
