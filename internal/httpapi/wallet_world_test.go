package httpapi

import (
	"context"
	"encoding/json"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/share"
)

// wallet is the one that ann has.
func (w walletWorld) wallet() share.Wallet {
	s := share.Signer{
		ID: signerID, ProjectID: projectID, PlayerID: playerID, Owner: owner, Method: share.ByPasskey,
		PasskeyID: "cGFzc2tleQ", PasskeyEnv: json.RawMessage(`{"name":"laptop"}`), Primary: deviceID, CreatedAt: when, UpdatedAt: when,
	}
	return share.Wallet{Account: w.account, Signer: s, Device: share.Device{ID: deviceID, SignerID: signerID, CreatedAt: when}, Share: "c2hhcmU"}
}

// own answers ann's wallet to her alone.
func (w walletWorld) own(u share.User, asked any) (share.Wallet, error) {
	if err := w.begin(u.ProjectID, asked); err != nil {
		return share.Wallet{}, err
	}
	if u.PlayerID != playerID {
		return share.Wallet{}, fault.New(fault.NotFound, "there is no such wallet")
	}
	return w.wallet(), nil
}

func (w walletWorld) Create(_ context.Context, u share.User, p share.WalletParams) (share.Wallet, error) {
	return w.own(u, p)
}

func (w walletWorld) ServerShare(_ context.Context, u share.User, account, device string) (share.Wallet, error) {
	return w.own(u, []string{account, device})
}

func (w walletWorld) Register(_ context.Context, u share.User, account, serverShare string, proof []byte) (share.Wallet, error) {
	return w.own(u, []string{account, serverShare, string(proof)})
}

func (w walletWorld) SwitchChain(_ context.Context, u share.User, accountID string, chainID uint64) (account.Account, error) {
	own, err := w.own(u, chainID)
	return own.Account, err
}

func (w walletWorld) SaveRecovery(_ context.Context, u share.User, r share.Recovery) error {
	_, err := w.own(u, r)
	return err
}

func (w walletWorld) ReplaceRecovery(_ context.Context, u share.User, r share.Recovery, device string, proof []byte) error {
	_, err := w.own(u, rotated{r, device, proof})
	return err
}

// rotated is what ReplaceRecovery was asked.
type rotated struct {
	recovery share.Recovery
	device   string
	proof    []byte
}

func (w walletWorld) Recovery(_ context.Context, u share.User, signerID string) (share.Recovery, error) {
	_, err := w.own(u, signerID)
	return share.Recovery{SignerID: signerID, Method: share.ByPasskey, Secret: "{}"}, err
}

func (w walletWorld) Signers(_ context.Context, project string, ids, players []string) ([]share.Signer, error) {
	if w.fail != nil {
		return nil, w.fail
	}
	for _, name := range append(append([]string{}, ids...), players...) {
		if name == signerID || name == playerID {
			return []share.Signer{w.wallet().Signer}, nil
		}
	}
	return nil, nil
}

func (w walletWorld) MakeEntropy(_ context.Context, project string) (string, error) {
	return "cGFydA", w.create(project, nil)
}

func (w walletWorld) OpenSession(_ context.Context, project, part, player string) (string, error) {
	return "ens_1", w.begin(project, []string{part, player})
}

func (w walletWorld) ProjectEntropy(_ context.Context, u share.User, signerID, session string) ([]byte, error) {
	_, err := w.own(u, []string{signerID, session})
	return []byte("entropy"), err
}
