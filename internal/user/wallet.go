package user

import (
	"context"
	"strings"

	"github.com/ethereum/go-ethereum/accounts"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/latchkey-dev/latchkey/internal/fault"
)

// WalletNonce answers a nonce for a wallet to sign a message with. It works
// once. Others that were asked for keep working: addresses are public, and
// whoever asked for the nonces of one would keep its owner out.
func (s *Service) WalletNonce(ctx context.Context, projectID string, wallet common.Address, c Client) (string, error) {
	if err := s.from(ctx, projectID, c); err != nil {
		return "", err
	}
	nonce := hashOf(newToken())[:32] // letters and digits, as ERC-4361 has it
	ch := s.newChallenge(projectID, WalletNonce, hashOf(nonce), hashOf(nonce), nonceLifetime)
	ch.Data = strings.ToLower(wallet.Hex())
	return nonce, s.Store.PutChallenge(ctx, ch)
}

// WalletParams are a signed message of ERC-4361.
type WalletParams struct {
	Wallet    common.Address
	Message   string
	Signature string
	Details   Details
}

// LogInWallet lets in whoever holds the key of an Ethereum account.
func (s *Service) LogInWallet(ctx context.Context, projectID string, p WalletParams, c Client) (Entry, error) {
	if err := s.from(ctx, projectID, c); err != nil {
		return Entry{}, err
	}
	subject, err := s.provenWallet(ctx, projectID, p)
	if err != nil {
		return Entry{}, err
	}
	u, err := s.admit(ctx, projectID, proof{provider: Wallet, subject: subject, name: p.Wallet.Hex(), details: p.Details})
	if err != nil {
		return Entry{}, err
	}
	return s.enter(ctx, u, c)
}

// LinkWallet adds an Ethereum account to the ways in of a user.
func (s *Service) LinkWallet(ctx context.Context, projectID, userID string, p WalletParams, c Client) error {
	if err := s.from(ctx, projectID, c); err != nil {
		return err
	}
	subject, err := s.provenWallet(ctx, projectID, p)
	if err != nil {
		return err
	}
	return s.link(ctx, projectID, userID, Wallet, subject, p.Details)
}

// link adds a way in to a user, who is no guest afterwards.
func (s *Service) link(ctx context.Context, projectID, userID string, provider Provider, subject string, d Details) error {
	u, err := s.Store.User(ctx, projectID, userID)
	if err != nil {
		return err
	}
	err = s.Store.CreateIdentity(ctx, s.newIdentity(u, provider, subject, "", d))
	if fault.Is(err, fault.Conflict) {
		i, found := s.Store.IdentityBySubject(ctx, projectID, provider, subject)
		if found == nil && i.UserID == userID {
			return nil
		}
		return &fault.Fault{Kind: fault.Conflict, Code: "SOCIAL_ACCOUNT_ALREADY_LINKED", Message: "this way in belongs to another user"}
	}
	if err != nil {
		return err
	}
	_, err = s.Store.UpdateUser(ctx, projectID, userID, func(old User) (User, error) {
		if old.Anonymous {
			old.Anonymous, old.UpdatedAt = false, s.now()
		}
		return old, nil
	})
	return err
}

// provenWallet answers the subject of a wallet whose message is in order. The
// nonce is used up by any message that names it.
func (s *Service) provenWallet(ctx context.Context, projectID string, p WalletParams) (string, error) {
	m, err := readWalletMessage(p.Message)
	if err != nil {
		return "", err
	}
	subject := strings.ToLower(p.Wallet.Hex())
	c, err := s.Store.TakeChallenge(ctx, WalletNonce, hashOf(m.nonce))
	if fault.Is(err, fault.NotFound) || err == nil && (c.ProjectID != projectID || c.Data != subject || !s.now().Before(c.ExpiresAt)) {
		return "", badMessage("its nonce was not given for this wallet, was used already or is too old: ask for a new one")
	}
	if err != nil {
		return "", err
	}
	if err := s.checkMessage(ctx, projectID, m, p.Wallet); err != nil {
		return "", err
	}
	signer, err := signerOf(p.Message, p.Signature)
	if err != nil {
		return "", err
	}
	if signer != p.Wallet {
		return "", badMessage("it is not signed by the key of " + p.Wallet.Hex())
	}
	return subject, nil
}

// checkMessage refuses a message that was signed for another page, wallet or
// time: a page could ask its visitor to sign what another page accepts.
func (s *Service) checkMessage(ctx context.Context, projectID string, m walletMessage, wallet common.Address) error {
	if m.address != wallet {
		return badMessage("it names the wallet " + m.address.Hex())
	}
	allowed := false
	for _, scheme := range []string{"https://", "http://"} {
		if m.scheme != "" && m.scheme+"://" != scheme {
			continue
		}
		ok, err := s.Pages.PageAllowed(ctx, projectID, scheme+m.domain)
		if err != nil {
			return err
		}
		allowed = allowed || ok
	}
	if !allowed {
		return badMessage("it is for the domain " + printable(m.domain, maxAgent) + ", which is none of the project's allowedOrigins")
	}
	now := s.now()
	if !m.expires.IsZero() && !now.Before(m.expires) {
		return badMessage("it has expired")
	}
	if !m.notBefore.IsZero() && now.Before(m.notBefore) {
		return badMessage("it is not valid yet")
	}
	return nil
}

func badMessage(why string) error {
	return &fault.Fault{Kind: fault.Invalid, Code: "INVALID_SIWE_MESSAGE", Field: "message", Message: "message: " + why}
}

// signerOf answers the account whose key has signed a text by EIP-191.
func signerOf(text, signature string) (common.Address, error) {
	raw, err := hexutil.Decode(signature)
	if err != nil || len(raw) != crypto.SignatureLength {
		return common.Address{}, fault.Field("signature", nil, "must be 0x hex of 65 bytes; wallets that are contracts cannot log in this way")
	}
	if raw[64] >= 27 {
		raw[64] -= 27
	}
	key, err := crypto.SigToPub(accounts.TextHash([]byte(text)), raw)
	if err != nil {
		return common.Address{}, fault.Field("signature", nil, "is no signature of a secp256k1 key")
	}
	return crypto.PubkeyToAddress(*key), nil
}
