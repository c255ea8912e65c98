package intent

import (
	"bytes"
	"context"
	"fmt"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// Sign takes the client's signature over the intent's operation hash, queues
// the operation, and, unless p.Optimistic, waits for its outcome. The signature
// must be the owner's or that of a live session whose permission covers the
// operation; anything else is refused before anything is sent. The same
// signature again gets the same answer; another one a Conflict.
func (s *Service) Sign(ctx context.Context, projectID, id string, p SignParams) (Intent, error) {
	in, err := s.Store.Intent(ctx, projectID, id)
	if err != nil {
		return Intent{}, err
	}
	if in.Status == Waiting {
		if in, err = s.accept(ctx, in, p.Signature); err != nil {
			return Intent{}, err
		}
		s.WakeBundler(in.ChainID)
	} else if err := repeated(in, p.Signature); err != nil {
		return Intent{}, err
	}
	if p.Optimistic || in.Final() {
		return in, nil
	}
	return s.await(ctx, in), nil
}

// repeated tells a repeat of the accepted signature (nil) from a different
// one.
func repeated(in Intent, sig []byte) error {
	switch {
	case in.Status == Expired:
		return expired(in)
	case in.Status == Withdrawn:
		return fault.New(fault.Conflict, "transaction intent %s was withdrawn before it was signed", in.ID)
	case !bytes.Equal(in.ClientSig, sig):
		return fault.New(fault.Conflict, "signature: transaction intent %s is signed already, with another signature", in.ID)
	}
	return nil
}

func expired(in Intent) error {
	return fault.New(fault.Conflict, "transaction intent %s expired: it could be signed until chain time %d; create it again", in.ID, in.ExpiresAt)
}

// accept checks the signature and saves the intent as signed. One account's
// signatures are judged one after the other: each must see what the ones before
// it use up. (Another replica may judge at the same time; then the chain refuses
// what is too much.)
func (s *Service) accept(ctx context.Context, in Intent, sig []byte) (Intent, error) {
	judging := s.judging.of(in.AccountID)
	judging.Lock()
	defer judging.Unlock()
	n, err := s.network(in.ChainID)
	if err != nil {
		return Intent{}, err
	}
	now, err := n.Chain.Time(ctx)
	if err != nil {
		return Intent{}, err
	}
	if now >= in.ExpiresAt {
		if err := s.expire(ctx, in); err != nil {
			return Intent{}, err
		}
		return Intent{}, expired(in)
	}
	acc, err := s.Accounts.Get(ctx, in.ProjectID, in.AccountID)
	if err != nil {
		return Intent{}, err
	}
	v, err := s.verify(ctx, n.Chain, acc, in, sig, now)
	if err != nil {
		return Intent{}, err
	}
	after, err := s.predecessor(ctx, acc, in, v)
	if err != nil {
		return Intent{}, err
	}
	return s.Store.ChangeIntent(ctx, in.ID, func(c *Change) error {
		if c.Intent.Status != Waiting {
			return repeated(*c.Intent, sig) // another request was faster
		}
		if err := c.grantsBlocked(); err != nil {
			return err
		}
		c.Intent.Status = Signed
		c.Intent.SignedBy = v.by
		c.Intent.ClientSig = sig
		c.Intent.Operation.Signature = v.field
		c.Intent.UpdatedAt = s.now()
		c.Intent.move("sent", s.now())
		if newOwner, ok := userop.NewOwner(c.Intent.Operation.CallData); ok {
			c.Account.Remember(newOwner) // the chain will name its address only
		}
		c.Queue = queue(*c.Intent, acc, after)
		return nil
	})
}

// grantsBlocked refuses to put on chain what an operator has blocked: a session,
// or another one for the key of a blocked session that it replaces.
func (c *Change) grantsBlocked() error {
	if c.Intent.Kind != RegisterSession && c.Intent.Kind != ReplaceSession || c.Session == nil {
		return nil
	}
	if c.Session.BlockedAt != nil {
		return blocked(*c.Session, "its key is not registered")
	}
	if c.Replaced != nil && c.Replaced.BlockedAt != nil && c.Replaced.Signer == c.Session.Signer {
		return blocked(*c.Replaced, "its key gets no other terms")
	}
	return nil
}

func queue(in Intent, acc account.Account, after common.Hash) *Queue {
	q := &Queue{
		Operation: in.Operation,
		Hash:      in.OperationHash,
		ChainID:   in.ChainID,
		After:     after,
		Alone:     in.Operation.CallsAccount(),
	}
	switch {
	case in.SignedBy != OwnerSigned:
		q.SessionID = in.SignedBy
	case in.Kind == RegisterSession, in.Kind == ReplaceSession:
		q.SessionID = in.SessionID // a block gives up the key's registration, too
	}
	q.Delegation = in.Delegation
	if in.DeployFirst {
		q.Deploy = &FactoryCall{Factory: acc.Factory, Data: factoryData(acc)}
	}
	return q
}

// verified is an accepted signature.
type verified struct {
	by    string // OwnerSigned or a ses_ id
	field []byte // the operation's signature field
	grant *grant // nil when the owner signed
	chain AccountState
}

// verify finds who signed and whether that key may.
func (s *Service) verify(ctx context.Context, chain Chain, acc account.Account, in Intent, sig []byte, now uint64) (verified, error) {
	state, err := chain.Account(ctx, acc.Address)
	if err != nil {
		return verified{}, err
	}
	if state.Deployed {
		if acc, err = s.Accounts.Observe(ctx, acc, state.Owner); err != nil {
			return verified{}, err
		}
	}
	form, keySignature, reason := acc.Owner.Check(in.OperationHash, sig)
	if reason == nil {
		return verified{by: OwnerSigned, field: acc.Owner.Field(form, homeOf(acc), keySignature), chain: state}, nil
	}
	if in.Kind != Call {
		return verified{}, fault.Field("signature", nil, "only the owner %s may sign this, and the signature %v", acc.Owner.Address, reason)
	}
	if len(sig) != userop.SignatureLength {
		return s.verifyOtherKey(ctx, chain, acc, in, state, sig, reason, now)
	}
	signers, err := userop.Recover(in.OperationHash, sig)
	if err != nil {
		return verified{}, fault.Field("signature", nil, "%v", err)
	}
	grants, err := s.grants(ctx, chain, acc)
	if err != nil {
		return verified{}, err
	}
	for _, g := range grants {
		form, ok := signers.By(g.session.Signer)
		if ok && g.permission.SignerType == permission.Secp256k1 {
			return g.accept(in, state, form, signers.Signature[:], now)
		}
	}
	return verified{}, s.stranger(ctx, acc, in, signers)
}

// verifyOtherKey tries the account's live sessions whose keys are on P-256: a
// signature of such a key does not tell whose it is. reason is why it is not the
// owner's.
func (s *Service) verifyOtherKey(ctx context.Context, chain Chain, acc account.Account, in Intent, state AccountState, sig []byte, reason error, now uint64) (verified, error) {
	grants, err := s.grants(ctx, chain, acc)
	if err != nil {
		return verified{}, err
	}
	tried, ownerTried := 0, acc.Owner.Kind != userop.Secp256k1
	for _, g := range grants {
		if g.permission.SignerType == permission.Secp256k1 {
			continue
		}
		key, err := userop.ParseP256Key(g.session.PublicKey)
		if err != nil {
			return verified{}, fmt.Errorf("session %s: %w", g.session.ID, err)
		}
		field, err := userop.KeySignature(g.permission.SignerType, key, in.OperationHash, sig)
		if err == nil {
			return g.accept(in, state, userop.Raw, field, now)
		}
		tried++
		if !ownerTried {
			reason = err
		}
	}
	text, err := s.formerOtherKey(ctx, acc, in.OperationHash, sig)
	if err != nil {
		return verified{}, err
	}
	if text != "" {
		return verified{}, fault.Field("signature", nil, "%s", text)
	}
	switch {
	case tried == 0 && ownerTried:
		return verified{}, fault.Field("signature", nil, "%v; account %s has no live session with a P-256 key", reason, acc.ID)
	case tried == 0:
		return verified{}, fault.Field("signature", nil, "must be 65 bytes (r, s, v), is %d: account %s has no live session with a P-256 key", len(sig), acc.ID)
	case tried == 1 && !ownerTried:
		return verified{}, fault.Field("signature", nil, "%v", reason)
	case ownerTried:
		return verified{}, fault.Field("signature", nil, "is neither by the owner %s nor by one of the %d P-256 session keys of account %s", acc.Owner.Address, tried, acc.ID)
	}
	return verified{}, fault.Field("signature", nil, "is by none of the %d P-256 session keys of account %s", tried, acc.ID)
}

// accept judges the operation and lays out the signature field; signature is
// the key's as the account takes it.
func (g *grant) accept(in Intent, state AccountState, form userop.Form, signature []byte, now uint64) (verified, error) {
	if err := g.judge(in, state, now); err != nil {
		return verified{}, err
	}
	around, err := g.around(now)
	if err != nil {
		return verified{}, err
	}
	return verified{by: g.session.ID, field: around.Field(form, signature), grant: g, chain: state}, nil
}

// homeOf tells which form of the owner's signature an account takes bare.
func homeOf(acc account.Account) userop.Home {
	if acc.Type == account.Delegated {
		return userop.Delegated
	}
	return userop.Proxy
}

// predecessor answers the operation that must be included before this one,
// zero when none: the registration of the session that signed it, or the
// operation that creates the account.
func (s *Service) predecessor(ctx context.Context, acc account.Account, in Intent, v verified) (common.Hash, error) {
	if acc.Type == account.Delegated {
		return s.afterDelegation(ctx, acc, in, v)
	}
	carriesFactory := in.Operation.Factory != (common.Address{})
	if v.chain.Deployed && carriesFactory {
		return common.Hash{}, fault.New(fault.Conflict, "transaction intent %s would create account %s, which is deployed by now: create the intent again", in.ID, acc.Address)
	}
	if v.grant != nil {
		if first := v.grant.predecessor(); first != (common.Hash{}) {
			return first, nil
		}
	}
	if v.chain.Deployed || in.DeployFirst || carriesFactory {
		return common.Hash{}, nil
	}
	first, err := s.creator(ctx, acc)
	if err != nil {
		return common.Hash{}, err
	}
	if first == nil {
		return common.Hash{}, fault.New(fault.Conflict, "account %s is not deployed and nothing that would deploy it is open any more: create transaction intent %s again", acc.Address, in.ID)
	}
	if first.Status != Signed {
		return common.Hash{}, fault.New(fault.Conflict, "account %s is deployed by transaction intent %s, which must be signed first", acc.Address, first.ID)
	}
	return first.OperationHash, nil
}

// stranger says in words who did not sign: a key of a session that is over, or
// a key that never had one.
func (s *Service) stranger(ctx context.Context, acc account.Account, in Intent, signers userop.Signers) error {
	for _, address := range []common.Address{signers.PersonalSign, signers.Raw} {
		text, err := s.former(ctx, acc, address)
		if err != nil {
			return err
		}
		if text != "" {
			return fault.Field("signature", nil, "%s", text)
		}
	}
	return fault.Field("signature", nil, "%s", fmt.Sprintf(
		"is neither by the owner %s nor by a session key of account %s: it recovers to %s (EIP-191 over the 32 bytes of signableHash) or to %s (the bare hash); signableHash is %s",
		acc.Owner.Address, acc.ID, signers.PersonalSign, signers.Raw, in.OperationHash))
}
